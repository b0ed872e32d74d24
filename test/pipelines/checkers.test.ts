import { spawnSync } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, test } from "@jest/globals";
import { check } from "../support/acceptance/removal-case";
import { newFolder } from "../support/at-end";
import { ROOT } from "../support/docs/documents";
import { PIPELINES } from "../support/pipelines/workflow";

const WORKFLOWS = join(ROOT, ".github/workflows");

/** The workflows of this repository. */
const REPOSITORY = readdirSync(WORKFLOWS).map((file) => join(WORKFLOWS, file));

/** Checkers of pipelines, each with the arguments that check the files of examples/pipelines and of this repository. */
const CHECKERS = {
  // It asks shellcheck, where that is installed, about the scripts of the steps.
  actionlint: [
    ...["genauth", "genauth-pipeline"].map((name) => `.github/workflows/${name}.yml`),
    ...REPOSITORY,
  ],
  zizmor: ["--offline", "--no-progress", ".github", join(ROOT, "actions"), ...REPOSITORY],
} as const;

// As a team has them: a workflow names another one from the top of its repository.
let team: string;
beforeAll(() => {
  team = newFolder();
  cpSync(join(PIPELINES, "github"), team, { recursive: true });
  spawnSync("git", ["init", "--quiet"], { cwd: team });
});

describe.each(Object.entries(CHECKERS))("%s", (program, args) => {
  const isInstalled = spawnSync(program, ["--version"]).error === undefined;
  // .ci/run installs them from the Go module proxy and PyPI.
  if (!isInstalled) console.log(`${program} is not installed, so it does not check examples/pipelines.`);
  (isInstalled ? test : test.skip)("finds nothing in the pipelines", () => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: team, encoding: "utf8" });
    check({ code: status ?? 1, text: stdout + stderr }, { code: 0 });
  });
});
