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

test("with the steps of the guide, cdktf respects a committed lock file, which it would otherwise upgrade", async () => {
  expect(await project.run(["synth"])).toMatchObject({ code: 0 });
  const lock = join(project.folder, "cdktf.out/stacks/staff/.terraform.lock.hcl");
  const committed = readFileSync(lock, "utf8");
  const diff = () =>
    project.run(["diff", "staff", "--skip-synth"], { TF_CLI_ARGS_init: "-lockfile=readonly" });

  writeFileSync(lock, committed.replaceAll(`"${version}"`, `"0.0.9"`));
  const refused = await diff();
  expect(refused.code).toBe(1);
  expect(refused.text).toContain("The -upgrade flag conflicts with -lockfile=readonly");
  expect(project.emulator.calls).toEqual([]);

  writeFileSync(lock, committed);
  const { code, text } = await diff();
  expect([code, text]).toEqual([0, expect.stringContaining("1 to add, 0 to change, 0 to destroy")]);
  expect(readFileSync(lock, "utf8")).toBe(committed);
}, 120_000);
