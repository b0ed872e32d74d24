import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { POOL, useTeam } from "./support/setting";
import { without } from "./support/staff";

// A pull request that nothing refuses is in engines/github.test.ts.
const setting = useTeam();

const REQUEST = 7;

test("if its plan is refused, a pull request fails and one comment says so, until main has a commit that the request lacks", async () => {
  const { team, emulator } = setting;
  await team.propose("leavers", without(3, 5));
  const head = await team.head("leavers");
  // Anybody can write a comment that begins like the one of the pipeline.
  const ofMallory = "<!-- cdktf-genauth:pipeline -->\nNobody leaves";
  team.service.comment(REQUEST, ofMallory, "mallory");

  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "1" });
  const refused = await team.openRequest("leavers", REQUEST);
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toContain("user005@example.com");
  expect(existsSync(refused.artifact("genauth-report-1"))).toBe(true);
  const comments = team.service.commentsOf(REQUEST);
  expect(comments).toEqual([ofMallory, expect.stringContaining("## REFUSED: ")]);
  // Not the merge that GitHub made of this commit, and that nobody knows.
  expect(comments[1]).toContain(head);

  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "50" });
  await team.mergeProposal("joiner", 8, (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  const outdated = await team.openRequest("leavers", REQUEST);
  expect(outdated.text("synth")).toContain("lacks commits of main");
  expect(outdated.result("plan")).toBe("skipped");
  // Its older report would be read as that of the newest commits.
  expect(team.service.commentsOf(REQUEST)).toEqual([
    ofMallory,
    expect.stringContaining(`## There is no report of commit ${head}`),
  ]);
  expect(emulator.pool.size).toBe(POOL.length);
}, 600_000);

test("a merge queue gets a plan, too", async () => {
  const { team } = setting;
  await team.propose("leavers", without(3, 5));
  const queued = await team.start({
    event: "merge_group",
    ref: `refs/heads/gh-readonly-queue/main/pr-${REQUEST}`,
    sha: await team.head("leavers"),
    actor: "olga",
    payload: { merge_group: { base_ref: "refs/heads/main" } },
  });
  expect(queued.result("plan")).toBe("success");
  expect(queued.result("apply")).toBe("skipped");
}, 600_000);

test.each([
  { whose: "of a fork", from: { isFork: true } },
  { whose: "of Dependabot", from: { author: "dependabot[bot]" } },
])(
  "a pull request $whose gets no key, but the whole difference of the user file, whatever it contains",
  async ({ from }) => {
    const { team } = setting;
    // A label that would end the block of the difference, go back to the start of the line, and clear a screen.
    const label = "`````\rNobody leaves\u001b[2J";
    // And Git would show no difference of a CSV file.
    const programs = { ".gitattributes": "*.csv -diff\n" };
    const change = (users: string) => `${without(3)(users).trimEnd()}\nnew@example.com,${label}\n`;
    await team.propose("hostile", change, { programs });

    const run = await team.openRequest("hostile", REQUEST, from);
    expect(run.result("synth")).toBe("success");
    expect(run.result("plan")).toBe("skipped");
    expect(run.result("comment")).toBe("skipped");
    // No code of the request runs, so no stack is written.
    expect(run.text("synth")).not.toContain("packed in");

    const summary = run.jobs.get("synth")?.summary ?? "";
    expect(summary).toContain("this pull request gets no key");
    // The block is open from the first line of the difference to the last.
    const [, fence = "", block = ""] = /^(`+)diff\n([\s\S]*?)\n\1$/m.exec(summary) ?? [];
    expect(fence.length).toBeGreaterThan("`````".length);
    expect(block).toContain("-user003@example.com");
    expect(block).toContain("+new@example.com,`````\\u{d}Nobody leaves\\u{1b}[2J");
    expect(summary).not.toContain("\r");
    expect(summary).not.toContain("\u001b");
  },
  600_000,
);
