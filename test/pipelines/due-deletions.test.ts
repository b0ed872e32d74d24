import { expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

test("a deletion that is due is shown and approved with whatever else a plan of the branch holds", async () => {
  const { team, emulator, exists } = setting;
  team.suspendLeavers(14);
  await team.mergeProposal("leavers", 7, without(3, 5, 9));
  const leavers = await team.push();
  expect(leavers.text("plan")).toContain("## 3 users will be suspended, and deleted later");
  await leavers.approve("otto");
  expect(leavers.result("apply")).toBe("success");
  emulator.letDaysPass(15);

  // The operator holds them: the report says so, and nothing waits. It names them by the clock of the engine, which stands still here.
  team.variables["GENAUTH_DUE_DELETIONS"] = "hold";
  const held = await team.night();
  expect([held.result("plan"), held.waiting]).toEqual(["success", undefined]);
  expect(held.jobs.get("plan")?.summary).toContain("The operator holds deletions");
  team.variables["GENAUTH_DUE_DELETIONS"] = "";

  // A schedule is a run like any other.
  const night = await team.night();
  expect(night.waiting).toBe("apply");
  expect(night.text("plan")).toContain("All of them are suspended, and the day of their deletion has come.");

  // So is a push, which shows them beside its own changes.
  await team.mergeProposal("regret", 8, (users) => `${users.trimEnd()}\nuser009@example.com,Regretted\n`);
  const regret = await team.push();
  expect(regret.text("plan")).toContain("## 2 users will be permanently deleted; 1 user will be reactivated");
  await night.approveApply("otto");
  expect(night.text("apply")).toContain("lacks commits of main");
  await regret.approveApply("otto");
  expect(regret.result("apply")).toBe("success");
  expect([3, 5, 9].filter(exists)).toEqual([9]);

  const calm = await team.night();
  expect(calm.jobs.get("plan")?.outputs["change"]).toBe("nothing");
  expect(calm.result("apply")).toBe("skipped");
}, 600_000);
