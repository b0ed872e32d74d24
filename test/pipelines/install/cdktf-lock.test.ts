import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { version } from "../../../package.json";
import { CdktfProject } from "../../support/cdktf-project";
import { engines } from "../../support/engine/engines";

let project: CdktfProject;
beforeEach(async () => {
  const [engine] = engines();
  project = await CdktfProject.open(engine, "staff", 1);
  project.declare(["user001@example.com"]);
});

/** With the lock file as it is committed, ../docs/commands.test.ts deploys by the same steps. */
test("with the steps of the guide, cdktf does not upgrade the provider of a committed lock file", async () => {
  expect(await project.synth()).toMatchObject({ code: 0 });
  const lock = join(project.folder, "cdktf.out/stacks/staff/.terraform.lock.hcl");
  const committed = readFileSync(lock, "utf8");
  writeFileSync(lock, committed.replaceAll(`"${version}"`, `"0.0.9"`));
  const readonly = { TF_CLI_ARGS_init: "-lockfile=readonly" };
  const refused = await project.run(["diff", "staff", "--skip-synth"], readonly);
  expect(refused.code).toBe(1);
  expect(refused.text).toContain("The -upgrade flag conflicts with -lockfile=readonly");
  expect(project.emulator.calls).toEqual([]);
}, 120_000);
