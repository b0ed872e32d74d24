import { beforeEach, describe, expect, test } from "@jest/globals";
import { check } from "../../support/acceptance/removal-case";
import { type Emulator, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { CAN_RUN_GITLAB_CI_LOCAL, GitLabTeam, type Pipeline } from "../support/gitlab-team";
import { POOL } from "../support/setting";
import { without } from "../support/staff";
import { createBothForms, usersFile } from "../support/two-stacks";

// The other stories of GitLab run on the first engine: ../gitlab-team.test.ts.
const engine = engines().at(-1) ?? engines()[0];

(CAN_RUN_GITLAB_CI_LOCAL ? describe : describe.skip)(`GitLab's jobs on ${engine.name}`, () => {
  let emulator: Emulator;
  let team: GitLabTeam;
  beforeEach(async () => {
    emulator = await startEmulator({ users: POOL });
    team = new GitLabTeam(engine, emulator);
    await team.open();
  });

  /** Runs jobs. @returns what the last one printed */
  const run = async (pipeline: Pipeline, ...jobs: readonly string[]): Promise<string> => {
    const ran = await pipeline.runAll(jobs);
    for (const { ended } of ran) check(ended, { code: 0 });
    expect(ran).toHaveLength(jobs.length);
    return ran.at(-1)?.ended.stdout ?? "";
  };
  const approve = async (pipeline: Pipeline): Promise<void> => {
    expect((await pipeline.approve("otto")).ended).toMatchObject({ code: 0 });
  };

  test("plan a stack of CDKTF and one in plain HCL together, through a refusal, a re-run and a due deletion", async () => {
    await createBothForms(team);
    await run(team.forDefaultBranch(), "synth", "plan", "apply-without-deletions");
    await team.endFirstApply();

    await team.propose("leavers", without(2), {
      programs: { "lists/guests.csv": without(8)(usersFile(6, 12)) },
    });
    await team.mergeResult(7, "leavers");
    // Somebody else's note begins like the own one.
    const foreign = {
      id: 1,
      request: 7,
      author: { id: 5 },
      body: "<!-- cdktf-genauth:pipeline -->\nNobody leaves",
    };
    team.gitlab.notes.push(foreign);
    const comment = () => run(team.forMergeRequest(7), "synth", "report", "comment");
    expect(await comment()).toContain("was written");
    expect(team.gitlab.notes).toHaveLength(2);
    expect(await comment()).toContain("was updated");
    expect(team.gitlab.notes).toHaveLength(2);
    const [first, note] = team.gitlab.notes;
    expect(first?.body).toBe(foreign.body);
    expect(note).toMatchObject({ request: 7, author: { id: 77 } });
    for (const text of [
      "## 1 user will be permanently deleted",
      "user002@example.com",
      "user008@example.com",
    ])
      expect(note?.body).toContain(text);

    await team.merge("leavers");
    team.variables["GENAUTH_MAX_DELETIONS"] = "0";
    const refused = team.forDefaultBranch();
    await run(refused, "synth");
    const plan = await refused.run("plan");
    expect(plan.ended).toMatchObject({ code: 1 });
    expect(plan.ended.stdout).toMatch(/^REFUSED: /m);

    // One is deleted, and one suspended.
    team.variables["GENAUTH_MAX_DELETIONS"] = "2";
    const again = team.forDefaultBranch();
    expect(await run(again, "synth", "plan")).toContain("1 user will be permanently deleted");
    await approve(again);
    const { ended, ...receipt } = await again.run("receipt");
    expect(ended).toMatchObject({ code: 0 });
    const text = team.artifact({ ended, ...receipt }, "genauth-run/receipt/receipt.json");
    expect(JSON.parse(text)).toMatchObject({
      kind: "receipt",
      ending: "apply: success. Applied as approved: 1 user deleted; 1 user suspended.",
      applied: [
        {
          job: "apply",
          status: "success",
          approvals: [{ user: "otto", status: "approved" }],
          outcome: {
            kind: "as_approved",
            changes: { deletion: { approved: 1, done: 1 }, suspension: { approved: 1, done: 1 } },
          },
          merge_requests: ["https://gitlab.example.com/team/people/-/merge_requests/7"],
        },
      ],
    });
    expect(text).not.toContain("@example.com");
    expect(await run(again, "drift-after-apply")).toContain("No drift");
    expect(emulator.pool.size).toBe(11);

    // Each plan of the branch shows whose day has come, one of a schedule, too, and needs the same approval.
    emulator.letDaysPass(15);
    const scheduled = team.forDefaultBranch("schedule");
    expect(await run(scheduled, "synth", "plan")).toContain("1 user will be permanently deleted");
    expect(emulator.pool.size).toBe(11);
    await approve(scheduled);
    expect(emulator.pool.find("user008@example.com", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(10);
    expect(await run(scheduled, "drift")).toContain("No drift");

    // A schedule fails while there is drift.
    emulator.pool.remove(POOL[0]?.userId ?? "");
    expect((await scheduled.run("drift")).ended).toMatchObject({ code: 2 });
  }, 1_200_000);
});
