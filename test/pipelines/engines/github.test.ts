import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { POOL } from "../support/setting";
import { without } from "../support/staff";
import { Team } from "../support/team";
import { createBothForms, usersFile } from "../support/two-stacks";

// On the first engine, GitHub's jobs run in the other files: receipts, owner and team for plan, approval and apply, pull-request for the
// comment and the refusal, due-deletions, and stacks for CDKTF beside plain HCL.
const engine = engines().at(-1) ?? engines()[0];

describe(`GitHub's jobs on ${engine.name}`, () => {
  let emulator: Emulator;
  let team: Team;
  beforeEach(async () => {
    emulator = await startEmulator({ users: POOL });
    team = new Team(engine, emulator);
    await team.open();
    await createBothForms(team);
  });

  test("plan a stack of CDKTF and one in plain HCL together, through a refusal, a re-run and a due deletion", async () => {
    expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
    await team.endFirstApply();

    await team.propose("leavers", without(2), {
      programs: { "lists/guests.csv": without(8)(usersFile(6, 12)) },
    });
    await team.openRequest("leavers", 7);
    await team.mergeRequest("leavers", 7);
    const [comment = "", ...others] = team.service.commentsOf(7);
    expect(others).toEqual([]);
    expect(comment).toContain("## 1 user will be permanently deleted");
    for (const address of ["user002@example.com", "user008@example.com"]) expect(comment).toContain(address);
    Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "0" });
    const run = await team.push();
    expect([run.result("plan"), run.waiting]).toEqual(["failure", undefined]);
    expect(run.jobs.get("plan")?.summary).toContain("## REFUSED");

    // One is deleted, and one suspended.
    Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "2" });
    await run.rerun();
    expect(run.waiting).toBe("apply");
    // GenAuth answers 403 to whatever changes the pool with the key of these jobs.
    expect(emulator.calls.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(emulator.pool.size).toBe(12);
    await run.approve("otto");
    expect(run.result("apply")).toBe("success");
    expect(run.text("apply")).toContain("Applied as approved: 1 user deleted; 1 user suspended.");
    expect(run.text("drift-after-apply")).toContain("No drift");
    expect(team.service.commentsOf(7).at(-1)).toMatch(
      /\*\*Applied as approved: 1 user deleted; 1 user suspended\.\*\*[\s\S]*approved by @otto[\s\S]*apply success/,
    );

    emulator.letDaysPass(15);
    const night = await team.night("drift");
    expect(night.text("plan")).toContain("## 1 user will be permanently deleted");
    await night.approveApply("otto");
    expect(night.result("apply")).toBe("success");
    expect(emulator.pool.find("user008@example.com", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(10);
  }, 600_000);
});
