import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { GitHubRun } from "./support/github-run";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam(async (team) => {
  expect((await team.push()).result("apply")).toBe("success");
});

/** Runs the workflow of a pull request whose branch is up to date, so that its merge result is the branch. */
async function open(branch: string, from: { fork?: boolean; author?: string } = {}): Promise<GitHubRun> {
  const { team } = setting;
  return team.start("genauth", {
    event: "pull_request",
    ref: "refs/pull/7/merge",
    sha: await team.head(branch),
    actor: from.author ?? "ada",
    payload: {
      pull_request: {
        number: 7,
        base: { ref: "main" },
        user: { login: from.author ?? "ada" },
        head: { repo: from.fork === true ? { full_name: "mallory/people" } : { full_name: "team/people" } },
      },
    },
  });
}

test("a pull request shows its report in the run, fails if a guard refuses it, and is not planned if it is outdated", async () => {
  const { team, emulator } = setting;
  await team.propose("leavers", without(3, 5));
  const run = await open("leavers");
  expect(run.result("plan")).toBe("success");
  expect(run.jobs.get("plan")?.summary).toContain("## 2 users will be permanently deleted");
  expect([run.result("user-files"), team.service.comments.size]).toEqual(["skipped", 0]);

  expect(["settings", "apply", "receipt", "drift"].map((job) => run.result(job))).toEqual(
    Array.from({ length: 4 }, () => "skipped"),
  );
  // The plan of a pull request is not sealed: no job of it has the key for that.
  expect(existsSync(run.artifact("genauth-plan-1"))).toBe(false);

  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "1" });
  const refused = await open("leavers");
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toContain("user005@example.com");
  expect(refused.artifact("genauth-report-1")).toBeDefined();

  // The merge queue asks for the same check.
  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "50" });
  const queued = await team.start("genauth", {
    event: "merge_group",
    ref: "refs/heads/gh-readonly-queue/main/pr-7",
    sha: await team.head("leavers"),
    actor: "olga",
    payload: { merge_group: { base_ref: "refs/heads/main" } },
  });
  expect(queued.result("plan")).toBe("success");

  await team.propose("joiner", (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  await team.mergeRequest("joiner", 8);
  const outdated = await open("leavers");
  expect(outdated.text("synth")).toContain("lacks commits of main");
  expect(outdated.result("plan")).toBe("skipped");
  expect(emulator.pool.size).toBe(12);
}, 600_000);

test("a fork and Dependabot get no key, but the whole difference of the user file, whatever it contains", async () => {
  const { team } = setting;
  await team.propose(
    "hostile",
    (users) => `${without(3)(users).trimEnd()}\nnew@example.com,\`\`\`\`\`\rNobody leaves\u001b[2J\n`,
    { programs: { ".gitattributes": "*.csv -diff\n" } },
  );
  for (const from of [{ fork: true }, { author: "dependabot[bot]" }]) {
    const run = await open("hostile", from);
    expect([run.result("synth"), run.result("plan"), run.result("user-files")]).toEqual([
      "skipped",
      "skipped",
      "success",
    ]);
    const summary = run.jobs.get("user-files")?.summary ?? "";
    expect(summary).toContain("this pull request gets no key");
    expect(summary).toContain("-user003@example.com");
    // The block is open from the first line of the difference to the last.
    const [, fence = "", block = ""] = /^(`+)diff\n([\s\S]*?)\n\1$/m.exec(summary) ?? [];
    expect(fence.length).toBeGreaterThan(5);
    expect(block).toMatch(/\+new@example\.com,`{5}\nNobody leaves/);
    for (const control of ["\r", "\u001b"]) expect(summary).not.toContain(control);
  }
}, 600_000);
