import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { version } from "../../../package.json";
import { CdktfProject } from "../../support/cdktf-project";
import { engines } from "../../support/engine/engines";

test("under -lockfile=readonly, cdktf plans with the provider that the lock file names, and never upgrades it", async () => {
  const [engine] = engines();
  const project = await CdktfProject.open(engine, "staff", 1);
  project.declare(["user001@example.com"]);
  expect(await project.synth()).toMatchObject({ code: 0 });
  const lockFile = join(project.folder, "cdktf.out/stacks/staff/.terraform.lock.hcl");
  const lock = readFileSync(lockFile, "utf8");
  const diff = () =>
    project.run(["diff", "staff", "--skip-synth"], { TF_CLI_ARGS_init: "-lockfile=readonly" });

  // If the lock file names another version than the stack requires, cdktf runs `init -upgrade`.
  const older = lock.replaceAll(`"${version}"`, `"0.0.9"`);
  writeFileSync(lockFile, older);
  const refused = await diff();
  expect(refused.code).toBe(1);
  expect(refused.text).toContain("The -upgrade flag conflicts with -lockfile=readonly");
  expect(readFileSync(lockFile, "utf8")).toBe(older);
  expect(project.emulator.calls).toEqual([]);

  writeFileSync(lockFile, lock);
  const planned = await diff();
  expect(planned.code).toBe(0);
  expect(planned.text).toContain("1 to add");
  expect(project.emulator.calls).not.toEqual([]);
}, 120_000);
