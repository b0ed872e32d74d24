import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PIPELINES } from "../support/pipelines/workflow";

const SCRIPTS = readdirSync(join(PIPELINES, "ci", "genauth")).map((name) => join("ci", "genauth", name));

/** Checkers of pipelines, each with the arguments that check the files of examples/pipelines. */
const CHECKERS = {
  shellcheck: ["--external-sources", ...SCRIPTS],
  actionlint: readdirSync(join(PIPELINES, "github", ".github", "workflows")).map((name) =>
    join("github", ".github", "workflows", name),
  ),
  zizmor: ["--offline", "--no-progress", "github/.github/workflows"],
} as const;

describe.each(Object.entries(CHECKERS))("%s", (program, args) => {
  const isInstalled = spawnSync(program, ["--version"]).error === undefined;
  // .ci/run installs them from Debian, the Go module proxy and PyPI.
  if (!isInstalled) console.log(`${program} is not installed, so it does not check examples/pipelines.`);
  (isInstalled ? test : test.skip)("finds nothing in the pipelines", () => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: PIPELINES, encoding: "utf8" });
    expect({ status, text: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, text: "" });
  });
});
