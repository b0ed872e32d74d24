import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { runChild } from "../../support/engine/child";
import type { Repository } from "./repository";
import { packPackage } from "./tools";

/** Writes down the environment in which it runs. */
const SPY = `#!${process.execPath}
require("node:fs").appendFileSync("SPOILS", Object.entries(process.env).map((entry) => entry.join("=") + "\\n").join(""));
`;

/**
 * Proposes, beside a change of the user file, a package whose command has the name of ours, a manifest with such a command, and settings of
 * npm that bring programs. Synth, where no key is, runs them.
 *
 * @returns the file in which they write down every environment in which they run
 */
export async function proposeForeignPackages(
  team: Repository,
  branch: string,
  change: (users: string) => string,
): Promise<string> {
  team.settings["synth"] =
    "npm ci --ignore-scripts --no-audit --no-fund && npx --no-install cdktf-genauth && synth";
  const spoils = join(team.folder, "spoils");
  const spy = SPY.replace("SPOILS", spoils);
  await team.propose(branch, change, {
    programs: { "x.js": spy, "evil.sh": "#!/bin/sh\nexec node ./x.js\n" },
    prepare: async (clone) => {
      const inner = await packPackage(clone, {
        name: "aaa",
        bin: { "cdktf-genauth": "x.js" },
        files: { "x.js": `${spy}process.stdout.write("## Nobody loses an account\\n");\n` },
      });
      await team.writeSettings(clone);
      await team.install(
        clone,
        { aaa: `file:${inner}` },
        { name: "people", bin: { "cdktf-genauth": "x.js" } },
      );
      writeFileSync(join(clone, ".npmrc"), "node-options=--require=./x.js\ngit=./evil.sh\n");
      // What people would have run: npm itself says whose command it is.
      const env = {
        PATH: process.env.PATH ?? "",
        HOME: team.folder,
        npm_config_registry: "http://127.0.0.1:9",
      };
      const script = "npm ci --ignore-scripts --no-audit --no-fund && npx --no-install cdktf-genauth";
      const control = await runChild("sh", ["-c", script], { cwd: clone, env });
      expect(control.code).toBe(0);
      expect(readFileSync(spoils, "utf8")).toContain("npm_");
      rmSync(spoils);
      rmSync(join(clone, ".aaa"), { recursive: true });
    },
  });
  return spoils;
}
