import { expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

/** What becomes of a plan after its approval. The whole story: engines/github.test.ts. One that is applied in part: receipts.test.ts. */

test("a run that nobody approves holds up no other and loses nothing, and no older plan is applied later", async () => {
  const { team, emulator, exists } = setting;
  await team.mergeProposal("first", 7, without(3));
  const first = await team.push();
  expect(first.waiting).toBe("apply");

  await team.mergeProposal("second", 8, without(3, 5));
  const second = await team.push();
  // The same commit is pushed again, so there is a second plan of it.
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

test("the drift report of a run names a declared user who is still suspended by the set", async () => {
  const { team, emulator } = setting;
  team.suspendLeavers(14);
  await team.mergeProposal("leaver", 7, without(3));
  expect((await (await team.push()).approveApply("otto")).result("apply")).toBe("success");

  // The set takes the user back, and GenAuth does not carry the reactivation out.
  emulator.faults.add({ on: "update-user-batch", then: { kind: "lie" } });
  await team.mergeProposal("regret", 8, (users) => `${users.trimEnd()}\nuser003@example.com,Regretted\n`);
  const regret = await (await team.push()).approve("otto");
  expect(regret.result("apply")).toBe("failure");
  expect(regret.jobs.get("drift-after-apply")?.summary).toContain("## Drift: 1 declared user locked out");
}, 600_000);
