import { expect, test } from "@jest/globals";
import { POOL, useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

/** What becomes of a plan after its approval. The whole story, on the other engine: engines/github.test.ts. */

test("a plan that cannot be applied whole fails with the drift report, and goes on with a new plan and a new approval", async () => {
  const { team, emulator, exists } = setting;
  const ids = ["user004@example.com"];
  const hold = emulator.faults.add({
    on: "delete-users-batch",
    ids,
    then: { kind: "answer", statusCode: 422 },
  });
  // Users whom the operator protects stay, whatever was merged.
  await team.mergeProposal("leavers", 7, without(4, 6, 10));
  const run = await (await team.push()).approve("otto");
  expect(run.result("apply")).toBe("failure");
  expect(run.text("drift-after-apply")).toMatch(
    /## Drift: 1 removed user still there[\s\S]*user004@example\.com/,
  );
  expect(run.result("drift-after-apply")).toBe("success");
  expect([4, 6, 10].filter(exists)).toEqual([4, 10]);
  expect(team.service.commentsOf(7).join("")).toMatch(
    /\*\*Not applied in full: 1 of 2 users deleted\.[\s\S]*apply failure,[\s\S]*drift-after-apply success/,
  );

  hold.remove();
  // The job alone, with the plan as it was.
  await run.rerun("apply");
  await run.approveApply("otto");
  expect(run.result("apply")).toBe("failure");
  expect(run.text("apply")).toContain('Choose "Re-run all jobs", which plans and asks anew.');
  expect(exists(4)).toBe(true);

  await run.rerun();
  expect(run.waiting).toBe("apply");
  expect(run.text("plan")).toContain("## 1 user will be permanently deleted");
  await run.approveApply("otto");
  expect(run.result("apply")).toBe("success");
  expect([4, 6, 10].filter(exists)).toEqual([10]);
}, 600_000);

test("a run that nobody approves holds up no other and loses nothing, and no older plan is applied later", async () => {
  const { team, emulator, exists } = setting;
  await team.mergeProposal("first", 7, without(3));
  const first = await team.push();
  expect(first.waiting).toBe("apply");

  await team.mergeProposal("second", 8, without(3, 5));
  const second = await team.push();
  const late = await team.push();
  expect(second.text("plan")).toContain("## 2 users will be permanently deleted");
  await first.approveApply("otto");
  expect(first.result("apply")).toBe("failure");
  expect(first.text("apply")).toContain("lacks commits of main");
  expect(emulator.pool.size).toBe(12);
  await second.approveApply("otto");
  expect(second.result("apply")).toBe("success");
  expect([3, 5].filter(exists)).toEqual([]);

  // Another plan of the same commit is stale, so it deletes nobody who has come back since.
  emulator.pool.add({ userId: "joined-again", email: "user003@example.com" });
  await late.approveApply("otto");
  expect(late.result("apply")).toBe("failure");
  expect(late.text("apply")).toContain("Saved plan is stale");
  expect(late.text("apply")).toContain("run the whole pipeline again, which plans and asks anew");
  expect([3, 5].filter(exists)).toEqual([3]);

  // The first, run again as a whole, ends in a sentence.
  await first.rerun();
  expect(first.text("synth")).toContain("main has a newer commit.");
  expect(first.result("plan")).toBe("skipped");
}, 600_000);

test("a scheduled run fails while there is drift", async () => {
  const { team, emulator } = setting;
  team.settings["drift"] = { undeclared: true };
  await team.commitSettings();
  const calm = await team.night();
  expect([calm.result("drift"), calm.result("apply")]).toEqual(["success", "skipped"]);
  emulator.pool.remove(POOL[0]?.userId ?? "");
  const night = await team.night();
  expect(night.result("drift")).toBe("failure");
  expect(night.jobs.get("drift")?.summary).toContain("user001@example.com");
}, 600_000);

test("a scheduled run fails while a declared user is still suspended by the set", async () => {
  const { team, emulator } = setting;
  team.suspendLeavers(14);
  await team.mergeProposal("leaver", 7, without(3));
  expect((await (await team.push()).approve("otto")).result("apply")).toBe("success");

  // The set takes the user back, and GenAuth does not carry the reactivation out.
  emulator.faults.add({ on: "update-user-batch", then: { kind: "lie" } });
  await team.mergeProposal("regret", 8, (users) => `${users.trimEnd()}\nuser003@example.com,Regretted\n`);
  expect((await (await team.push()).approve("otto")).result("apply")).toBe("failure");

  const night = await team.night();
  expect(night.jobs.get("drift")?.summary).toContain("## Drift: 1 declared user locked out");
  expect(night.result("drift")).toBe("failure");
}, 600_000);
