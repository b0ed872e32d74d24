import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { POOL, useTeam } from "./support/setting";
import { without } from "./support/staff";

// A pull request that nothing refuses is in engines/github.test.ts.
const setting = useTeam();

const REQUEST = 7;

/** Anybody can write a comment that begins like the one of the pipeline. */
const OF_MALLORY = "<!-- cdktf-genauth:pipeline -->\nNobody leaves";

test("a pull request whose plan is refused fails, has the report in one comment, and deletes nobody", async () => {
  const { team, emulator } = setting;
  await team.propose("leavers", without(3, 5));
  team.service.comment(REQUEST, OF_MALLORY, "mallory");
  // Two leave.
  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "1" });

  const refused = await team.openRequest("leavers", REQUEST);
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toContain("user005@example.com");
  expect(existsSync(refused.artifact("genauth-report-1"))).toBe(true);
  const comments = team.service.commentsOf(REQUEST);
  expect(comments).toEqual([OF_MALLORY, expect.stringContaining("## REFUSED: ")]);
  // The run is of a merge that GitHub made, whose id nobody knows. The comment names the commit that Ada pushed.
  expect(comments[1]).toContain(await team.head("leavers"));
  expect(comments[1]).not.toContain(await team.head(`refs/pull/${REQUEST}/merge`));
  expect(refused.result("apply")).toBe("skipped");
  expect(emulator.pool.size).toBe(POOL.length);
}, 600_000);

test("a pull request that lacks a commit of main gets no plan, and its comment has no older report", async () => {
  const { team } = setting;
  await team.propose("leavers", without(3, 5));
  team.service.comment(REQUEST, OF_MALLORY, "mallory");
  await team.openRequest("leavers", REQUEST);
  expect(team.service.commentsOf(REQUEST)).toEqual([
    OF_MALLORY,
    expect.stringContaining("## 2 users will be permanently deleted"),
  ]);

  await team.mergeProposal("joiner", 8, (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  const outdated = await team.openRequest("leavers", REQUEST);
  expect(outdated.text("synth")).toContain("lacks commits of main");
  expect(outdated.result("plan")).toBe("skipped");
  expect(team.service.commentsOf(REQUEST)).toEqual([
    OF_MALLORY,
    expect.stringContaining(`## There is no report of commit ${await team.head("leavers")}`),
  ]);
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
  // The code of a request writes its stacks.
  expect(existsSync(queued.artifact("genauth-stacks-1"))).toBe(true);
  expect(queued.result("plan")).toBe("success");
  expect(queued.result("apply")).toBe("skipped");
}, 600_000);

test.each([
  { whose: "of a fork", from: { isFork: true } },
  { whose: "of Dependabot", from: { author: "dependabot[bot]" } },
])(
  "for a pull request $whose, no code runs and GenAuth is not asked, but the change of the user file is shown",
  async ({ from }) => {
    const { team, emulator } = setting;
    // It would end the block of the difference, go back to the start of the line, and clear a screen.
    const label = "`````\rNobody leaves\u001b[2J";
    const change = (users: string) => `${without(3)(users).trimEnd()}\nnew@example.com,${label}\n`;
    // With this, Git shows no difference of the file.
    const prepare = (clone: string) => writeFile(join(clone, ".gitattributes"), "*.csv -diff\n");
    await team.propose("hostile", change, { prepare });

    const run = await team.openRequest("hostile", REQUEST, from);
    expect(run.result("synth")).toBe("success");
    expect(run.result("plan")).toBe("skipped");
    expect(run.result("comment")).toBe("skipped");
    // The code of a request writes its stacks.
    expect(existsSync(run.artifact("genauth-stacks-1"))).toBe(false);
    expect(emulator.calls).toEqual([]);
    const summary = run.jobs.get("synth")?.summary ?? "";
    expect(summary).toMatch(
      /^There is no plan, because this pull request gets no key\. This is what changes in the user files\.\n\n``````diff\n/,
    );
    expect(summary).toContain("\n-user003@example.com,User 003\n");
    // The block ends after the label, whose control characters are written as \u{…}.
    expect(summary).toMatch(/\n\+new@example\.com,`````\\u\{d\}Nobody leaves\\u\{1b\}\[2J\n``````\n\n$/);
  },
  600_000,
);
