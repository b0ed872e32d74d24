import { expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

test("deletions that are due are planned at night, alone, and approved for themselves", async () => {
  const { team, emulator, exists } = setting;
  const merge = async (branch: string, change: (users: string) => string) => {
    await team.mergeProposal(branch, 7, change);
    return team.push();
  };
  team.suspendLeavers(14);
  const leavers = await merge("leavers", without(3, 5, 9));
  expect(leavers.text("plan")).toContain("## 3 users will be suspended, and deleted later");
  await leavers.approve("otto");
  expect(leavers.result("apply")).toBe("success");

  // Whoever merges after the day sees and brings none of the deletions. A key that cannot update users cannot reactivate one.
  emulator.letDaysPass(15);
  const regret = await merge("regret", (users) => `${users.trimEnd()}\nuser009@example.com,Regretted\n`);
  expect(regret.text("plan")).toMatch(/## Nobody loses an account;.* 1 joins/);
  expect(regret.text("plan")).toContain("1 user will be reactivated");
  expect(regret.waiting).toBe("apply");

  // The change that waits for its approval must not ride along.
  const mixed = await team.night();
  expect(mixed.result("plan")).toBe("failure");
  expect(mixed.text("plan")).toContain("makes other changes, too");
  expect(mixed.result("drift")).toBe("success");

  await regret.approve("otto");
  expect(regret.result("apply")).toBe("success");
  expect([3, 5, 9].every(exists)).toBe(true);

  // While the operator holds them, the summary of the night names them.
  team.variables["GENAUTH_DUE_DELETIONS"] = "hold";
  const held = await team.night();
  expect([held.result("plan"), held.waiting]).toEqual(["success", undefined]);
  expect(held.jobs.get("drift")?.summary).toMatch(/until their deletion \(2\)[^]*user003@[^]*user005@/);
  team.variables["GENAUTH_DUE_DELETIONS"] = "";

  const first = await team.night("drift");
  expect(first.waiting).toBe("apply");
  expect(first.text("plan")).toContain("## 2 users will be permanently deleted");
  expect(first.text("plan")).toContain("All of them are suspended, and the day of their deletion has come.");
  // The older night does not wait any more.
  const second = await team.night();
  expect(second.text("night")).toContain(`Run ${first.id} was cancelled`);
  expect(first.waiting).toBeUndefined();
  // Without required reviewers, an owner starts the apply.
  const { secrets = {} } = team.service.environments.get("genauth") ?? {};
  team.service.environments.set("genauth", { secrets, branches: ["main"] });
  const sha256 = second.jobs.get("plan")?.outputs["sha256"] ?? "";
  const applied = await team.dispatch("otto", { run: String(second.id), sha256 });
  expect(applied.result("apply")).toBe("success");
  // It applied no change that a commit brought, so it must not count as the run that applied the last commit.
  const ended = [...(team.service.jobs.get(applied.id) ?? [])].filter(([, result]) => result !== "skipped");
  expect(ended.map(([name]) => name)).toEqual(
    ["owner", "apply-due", "drift-after-apply", "receipt"].map((name) => `genauth / ${name}`),
  );
  expect([3, 5, 9].filter(exists)).toEqual([9]);
  expect(emulator.pool.size).toBe(10);

  const calm = await team.night("drift");
  expect(calm.jobs.get("plan")?.outputs["change"]).toBe("nothing");
  expect(calm.result("apply")).toBe("skipped");
  // No night comments on a pull request.
  const applies = team.service.commentsOf(7).filter((comment) => comment.includes("Applied as approved"));
  expect(applies).toHaveLength(2);
}, 600_000);
