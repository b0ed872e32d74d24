import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { runChild } from "../support/engine/child";
import { cleanEnvironment } from "../support/engine/clean-environment";
import { ROOMS } from "../../src/reports";
import { engines } from "../support/engine/engines";
import { GitHubService } from "./support/github-service";
import { installTools } from "./support/tools";
import { PIPELINES } from "../support/pipelines/workflow";

const ROOT = resolve(__dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genauth-scripts-"));
  cpSync(join(PIPELINES, "ci"), join(folder, "ci"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function bash(script: string, variables: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(folder, "empty.tfrc"), "");
  const env = cleanEnvironment(join(folder, "empty.tfrc"), { GIT_CONFIG_GLOBAL: "/dev/null", ...variables });
  return runChild("bash", ["-e", "-o", "pipefail", "-c", script], { cwd: folder, env });
}

test.each([
  ["a--b people a.hcl", "the name a--b must have at most 100 characters and no two hyphens in a row"],
  [`${"a".repeat(101)} people a.hcl`, "must have at most 100 characters"],
  ["change people a.hcl", "change is the name of a file that these scripts write"],
  ["report.md people a.hcl", "report.md is the name of a file"],
  ["people people a.hcl\npeople guests a.hcl", "two stacks are named people"],
  ["people people a.hcl\nguests people a.hcl", "two stacks have the folder people"],
  ["-x people a.hcl", "a line must hold a name, a folder and a lock file"],
])("STACKS %j is refused before anything runs", async (stacks, says) => {
  const { code, stderr } = await bash(". ci/genauth/lib.sh; read_stacks", { STACKS: stacks });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(says) as unknown });
});

test("the configuration for plain HCL in the README gets its first lock file", async () => {
  const readme = readFileSync(join(PIPELINES, "README.md"), "utf8");
  const [, settings = ""] = /```bash\n(STACKS="infra[^`]*)```/.exec(readme) ?? [];
  const [engine] = engines();
  for (const file of ["main.tf", "staff.csv"])
    cpSync(join(ROOT, "examples", "hcl", file), join(folder, "infra", file));
  const command = join(ROOT, "dist", "genauth-users.js");
  mkdirSync(join(folder, "tools"));
  writeFileSync(
    join(folder, "tools", "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${command}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const { code, text } = await bash(`${settings}export STACKS SYNTH\nci/genauth/lock.sh`, {
    PATH: `${join(folder, "tools")}:${process.env.PATH ?? ""}`,
    TERRAFORM: engine?.path ?? "",
  });
  expect({ code, text }).toEqual({
    code: 0,
    text: expect.stringContaining("Commit infra/.terraform.lock.hcl.") as unknown,
  });
}, 60_000);

test("a report of drift that fills its room becomes an issue, in Chinese, too", async () => {
  installTools(join(folder, "tools"), "terraform");
  const service = new GitHubService();
  await service.open();
  try {
    mkdirSync(join(folder, "drift", "staff"), { recursive: true });
    const title = "## Drift: 1 declared user missing\n";
    writeFileSync(
      join(folder, "drift", "staff", "drift.md"),
      title + "陈".repeat(ROOMS.comment - title.length),
    );
    const missing = [{ set: "genauth_user_set.staff", id: "ada@example.com" }];
    writeFileSync(
      join(folder, "drift", "staff", "drift.json"),
      JSON.stringify({ missing, survivors: [], undeclared: [] }),
    );
    const { code, text } = await bash("ci/genauth/github-issue.sh drift", {
      PATH: `${join(folder, "tools")}:${process.env.PATH ?? ""}`,
      GH_TOKEN: service.token({ issues: "write" }),
      GITHUB_API_URL: service.url,
      GITHUB_REPOSITORY: "team/people",
    });
    expect({ code, text }).toEqual({ code: 0, text: "" });
    expect(service.issues).toMatchObject([{ title: "staff: Drift: 1 declared user missing", state: "open" }]);
  } finally {
    await service.close();
  }
});

test("a fork's change of a list in Git LFS is not shown as if it said who leaves", async () => {
  const pointer = (hash: string) =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${hash}\nsize 1\n`;
  writeFileSync(join(folder, "staff.csv"), pointer("a".repeat(64)));
  writeFileSync(join(folder, "changed.csv"), pointer("b".repeat(64)));
  const { code, stdout } = await bash(`
    git init --quiet && git config user.name Team && git config user.email team@example.com
    git add staff.csv && git commit --quiet -m one && git update-ref refs/remotes/origin/main HEAD
    mv changed.csv staff.csv && git commit --quiet -am two
    ci/genauth/diff.sh main`);
  expect(code).toBe(0);
  expect(stdout).toContain("**A user file is stored with Git LFS");
});

test("a night in which users are due and none of them is deleted fails, unless the operator holds them", async () => {
  installTools(join(folder, "tools"), "terraform");
  const files = join(folder, "plan", "staff");
  mkdirSync(files, { recursive: true });
  const set = { user_id_type: "email", users: {}, suspended: { "ada@example.com": "2026-12-11T00:00:00Z" } };
  const planned = (timestamp: string) =>
    writeFileSync(
      join(files, "plan.json"),
      JSON.stringify({
        format_version: "1.2",
        timestamp,
        configuration: {},
        resource_changes: [
          {
            address: "genauth_user_set.staff",
            mode: "managed",
            type: "genauth_user_set",
            change: { actions: ["no-op"], before: set, after: set, after_unknown: {} },
          },
        ],
      }),
    );
  writeFileSync(join(files, "messages.jsonl"), "");
  const git =
    "git init --quiet && git -c user.name=T -c user.email=t@example.com commit --quiet --allow-empty -m one";
  const night = (variables: Readonly<Record<string, string>> = {}) =>
    bash("ci/genauth/report.sh plan due; cat plan/change", {
      PATH: `${join(folder, "tools")}:${process.env.PATH ?? ""}`,
      ...variables,
    });

  planned("2026-12-10T12:00:00Z");
  const before = await bash(`${git} && npm ci`, {
    PATH: `${join(folder, "tools")}:${process.env.PATH ?? ""}`,
  });
  expect(before).toMatchObject({ code: 0 });
  expect(await night()).toMatchObject({ code: 0, stdout: expect.stringMatching(/nothing\n$/) as unknown });

  planned("2026-12-11T03:17:00Z");
  expect(await night()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("staff has suspended users whose day has come") as unknown,
  });
  expect(await night({ GENAUTH_DUE_DELETIONS: "hold" })).toMatchObject({ code: 0 });
});
