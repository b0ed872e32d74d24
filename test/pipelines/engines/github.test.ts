import { existsSync } from "node:fs";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { POOL } from "../support/setting";
import { without } from "../support/staff";
import { Team } from "../support/team";
import { createBothForms, usersFile } from "../support/two-stacks";

// On the first engine, GitHub's jobs run in the other files: receipts, owner and team for plan, approval and apply, pull-request for the
// comment and the refusal, and stacks for CDKTF beside plain HCL.
const engine = engines().at(-1) ?? engines()[0];

describe(`GitHub's jobs on ${engine.name}`, () => {
  let emulator: Emulator;
  let team: Team;
  beforeEach(async () => {
    emulator = await startEmulator({ users: POOL });
    team = new Team(engine, emulator);
    await team.open();
    team.settings["drift"] = { undeclared: true };
    await createBothForms(team);
  });

  test("plan a stack of CDKTF and one in plain HCL together, through a refusal, a re-run and a due deletion", async () => {
    expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
    await team.endFirstApply();

    await team.propose("leavers", without(2), {
      programs: { "lists/guests.csv": without(8, 9)(usersFile(6, 12)) },
    });
    const request = await team.openRequest("leavers", 7);
    const results = ["plan", "apply", "receipt", "drift"].map((job) => request.result(job));
    expect(results).toEqual(["success", "skipped", "skipped", "skipped"]);
    expect(request.jobs.get("plan")?.summary).toContain("## 1 user will be permanently deleted");
    // The plan of a request is not sealed: no job of it has the key for that.
    expect(existsSync(request.artifact("genauth-plan-1"))).toBe(false);
    await team.mergeRequest("leavers", 7);
    const [comment = "", ...others] = team.service.commentsOf(7);
    expect(others).toEqual([]);
    expect(comment).toContain("## 1 user will be permanently deleted");
    for (const user of ["user002", "user008", "user009"]) expect(comment).toContain(`${user}@example.com`);
    Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "0" });
    const run = await team.push();
    expect([run.result("plan"), run.waiting]).toEqual(["failure", undefined]);
    expect(run.jobs.get("plan")?.summary).toContain("## REFUSED");

    // One is deleted, and two are suspended.
    Object.assign(team.extra, { GENAUTH_MAX_DELETIONS: "3" });
    await run.rerun();
    expect(run.waiting).toBe("apply");
    // GenAuth answers 403 to whatever changes the pool with the key of these jobs.
    expect(emulator.calls.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(emulator.pool.size).toBe(12);
    await run.approve("otto");
    expect(run.result("apply")).toBe("success");
    expect(run.text("apply")).toContain("Applied as approved: 1 user deleted; 2 users suspended.");
    expect(run.text("drift-after-apply")).toContain("No drift");
    expect(team.service.commentsOf(7).at(-1)).toMatch(
      /\*\*Applied as approved: 1 user deleted; 2 users suspended\.\*\*[\s\S]*approved by @otto[\s\S]*apply success/,
    );

    // Their day comes, and the operator holds them: the report says so, and nothing waits.
    emulator.letDaysPass(15);
    team.variables["GENAUTH_DUE_DELETIONS"] = "hold";
    const night = await team.night();
    expect([night.result("plan"), night.waiting]).toEqual(["success", undefined]);
    expect(night.jobs.get("plan")?.summary).toContain("The operator holds deletions");
    expect(night.result("drift")).toBe("success");
    team.variables["GENAUTH_DUE_DELETIONS"] = "";

    // A push shows them beside its own changes.
    const guests = `${without(8, 9)(usersFile(6, 12)).trimEnd()}\nuser009@example.com,Regretted\n`;
    await team.mergeProposal("regret", 8, (staff) => staff, { programs: { "lists/guests.csv": guests } });
    const regret = await team.push();
    expect(regret.text("plan")).toContain(
      "## 1 user will be permanently deleted; 1 user will be reactivated",
    );

    // So does a schedule, a run like any other, which fails while there is drift.
    emulator.pool.remove(POOL[0]?.userId ?? "");
    const next = await team.night();
    expect(next.text("plan")).toContain("the day of the deletion has come");
    expect(next.result("drift")).toBe("failure");
    expect(next.jobs.get("drift")?.summary).toContain("user001@example.com");
    expect(next.waiting).toBe("apply");
    await next.approveApply("otto");
    expect(next.result("apply")).toBe("success");
    const isThere = (user: string) => emulator.pool.find(`${user}@example.com`, "email") !== undefined;
    expect(["user008", "user009"].filter(isThere)).toEqual(["user009"]);
    expect(emulator.pool.size).toBe(9);
  }, 600_000);
});
