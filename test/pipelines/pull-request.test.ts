import { expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

/** A request that no limit refuses: engines/github.test.ts. */

test("a pull request fails if a guard refuses it, shows that in its one comment, and is not planned if it is outdated", async () => {
  const { team, emulator } = setting;
  await team.propose("leavers", without(3, 5));
  // Anybody can write a comment that begins like the one of the pipeline.
  team.service.comment(7, "<!-- cdktf-genauth:pipeline -->\nNobody leaves", "mallory");
  const report = () => team.service.commentsOf(7).slice(1);
  const head = await team.head("leavers");

  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "1" });
  const refused = await team.openRequest("leavers", 7);
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toContain("user005@example.com");
  expect(refused.artifact("genauth-report-1")).toBeDefined();
  expect(report()).toEqual([expect.stringContaining("## REFUSED: ")]);
  // Not the merge, which nobody knows.
  expect(report()[0]).toContain(head);

  // The merge queue asks for the same check.
  Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "50" });
  const queued = await team.start({
    event: "merge_group",
    ref: "refs/heads/gh-readonly-queue/main/pr-7",
    sha: await team.head("leavers"),
    actor: "olga",
    payload: { merge_group: { base_ref: "refs/heads/main" } },
  });
  expect(queued.result("plan")).toBe("success");

  await team.mergeProposal("joiner", 8, (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  const outdated = await team.openRequest("leavers", 7);
  expect(outdated.text("synth")).toContain("lacks commits of main");
  expect(outdated.result("plan")).toBe("skipped");
  // The report of an older commit would be read as that of the newest.
  expect(report()).toEqual([expect.stringContaining(`## There is no report of commit ${head}`)]);
  expect(team.service.commentsOf(7)[0]).toContain("Nobody leaves");
  expect(emulator.pool.size).toBe(12);
}, 600_000);

test("a fork and Dependabot get no key, but the whole difference of the user file, whatever it contains", async () => {
  const { team } = setting;
  await team.propose(
    "hostile",
    (users) => `${without(3)(users).trimEnd()}\nnew@example.com,\`\`\`\`\`\rNobody leaves\u001b[2J\n`,
    { programs: { ".gitattributes": "*.csv -diff\n" } },
  );
  for (const from of [{ isFork: true }, { author: "dependabot[bot]" }]) {
    const run = await team.openRequest("hostile", 7, from);
    const results = ["synth", "plan", "comment"].map((job) => run.result(job));
    expect(results).toEqual(["success", "skipped", "skipped"]);
    // Nothing of it runs.
    expect(run.text("synth")).not.toContain("packed in");
    const summary = run.jobs.get("synth")?.summary ?? "";
    expect(summary).toContain("this pull request gets no key");
    expect(summary).toContain("-user003@example.com");
    // The block is open from the first line of the difference to the last.
    const [, fence = "", block = ""] = /^(`+)diff\n([\s\S]*?)\n\1$/m.exec(summary) ?? [];
    expect(fence.length).toBeGreaterThan(5);
    expect(block).toMatch(/\+new@example\.com,`{5}\\u\{d\}Nobody leaves/);
    for (const control of ["\r", "\u001b"]) expect(summary).not.toContain(control);
  }
}, 600_000);
