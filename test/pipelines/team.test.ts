import { expect, test } from "@jest/globals";
import { POOL, useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

/** What becomes of a plan that waits while others go on, and what the drift report says after an apply. Each test has a team of its own. The whole story of one: engines/github.test.ts. One that is applied in part: receipts.test.ts. */

test("while a run waits for its approval, a later one does the work of both, and the first one then neither applies nor plans anything", async () => {
  const { team, emulator, exists } = setting;
  await team.mergeProposal("first", 7, without(3));
  const first = await team.push();
  expect(first.waiting).toBe("apply");

  // The change that waits is also in the plan of the next commit.
  await team.mergeProposal("second", 8, without(3, 5));
  const second = await team.push();
  expect(second.text("plan")).toContain("## 2 users will be permanently deleted");
  await second.approveApply("otto");
  expect(second.result("apply")).toBe("success");
  expect([3, 5].filter(exists)).toEqual([]);

  expect(first.waiting).toBe("apply");
  await first.approveApply("otto");
  expect(first.result("apply")).toBe("failure");
  expect(first.text("apply")).toContain("lacks commits of main");
  await first.rerun();
  expect(first.text("synth")).toContain("main has a newer commit.");
  expect(first.result("plan")).toBe("skipped");
  expect(emulator.pool.size).toBe(POOL.length - 2);
}, 600_000);

test("of two plans of one commit, the second is stale once the first is applied, and deletes nobody who has joined since", async () => {
  const { team, emulator, exists } = setting;
  await team.mergeProposal("leaver", 7, without(3));
  const first = await team.push();
  const second = await team.push();
  await first.approveApply("otto");
  expect(first.result("apply")).toBe("success");
  expect(exists(3)).toBe(false);

  emulator.pool.add({ userId: "joined-again", email: "user003@example.com" });
  await second.approveApply("otto");
  expect(second.result("apply")).toBe("failure");
  expect(second.text("apply")).toContain("Saved plan is stale");
  expect(second.text("apply")).toContain("run the whole pipeline again, which plans and asks anew");
  expect(exists(3)).toBe(true);
}, 600_000);

test("if GenAuth accepts the end of a suspension but does not carry it out, the apply fails, and the drift report after it names the user as locked out", async () => {
  const { team, emulator } = setting;
  team.suspendLeavers(14);
  await team.mergeProposal("leaver", 7, without(3));
  const leaver = await (await team.push()).approveApply("otto");
  expect(leaver.result("apply")).toBe("success");
  expect(emulator.pool.find("user003@example.com", "email")?.status).toBe("Suspended");

  // The set takes the user back, and GenAuth does not carry the reactivation out.
  emulator.faults.add({ on: "update-user-batch", then: { kind: "lie" } });
  await team.mergeProposal("regret", 8, (users) => `${users.trimEnd()}\nuser003@example.com,Regretted\n`);
  // approve goes on after the apply, to the drift report; approveApply ends there.
  const regret = await (await team.push()).approve("otto");
  expect(regret.result("apply")).toBe("failure");
  const report = regret.jobs.get("drift-after-apply")?.summary;
  expect(report).toContain("## Drift: 1 declared user locked out");
  expect(report).toContain("| `user003@example.com` | Regretted |");
}, 600_000);
