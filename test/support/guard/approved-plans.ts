import { expect, test } from "@jest/globals";
import { seedUsers } from "../emulator";
import { check } from "../acceptance/removal-case";
import type { Engine } from "../engine/engines";
import { type ResourceType, type Scenario, useScenarios } from "../scenario";
import { readAudit, savePlan, startApply, startGuarded } from "./guarded";

/** The users of a set under the guard. */
export const pool = seedUsers(8);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
export const userIds = pool.map(({ userId }) => userId);
export const idOf = (index: number): string => userIds[index] ?? "";

/** The users from one on, in a set, or those before another one. */
export const usersFrom = (from: number, to = emails.length) => ({
  users: Object.fromEntries(emails.slice(from, to).map((email) => [email, "x"])),
  user_id_type: "email",
  max_deletions_percent: 100,
});

export const remaining = ({ emulator }: Scenario): string[] =>
  emulator.pool.list().map(({ userId }) => userId);

/**
 * What an apply of an approved plan does under the guard. To be called in a `describe`. For the null resource, only that it deletes
 * whom the plan deletes: the guard does not know what asks it.
 */
export function testApprovedPlans(engine: Engine, type: ResourceType): void {
  const open = useScenarios(engine, type);

  /** A set of all users, and a saved plan that deletes the first ones. */
  async function approved(
    deletions: number,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool }, environment });
    scenario.workspace.write(usersFrom(0));
    check(await scenario.workspace.apply(), { code: 0 });
    scenario.workspace.write(usersFrom(deletions));
    await savePlan(scenario.workspace);
    return scenario;
  }

  test("deletes whom the approved plan deletes, without a key in its environment", async () => {
    const scenario = await approved(2);
    const { workspace, emulator } = scenario;
    const finished = await startApply(workspace).finished;
    check(finished, { code: 0, says: ["The plans may delete 2 users", "deletion of 2 of 2 approved"] });
    expect(remaining(scenario)).toEqual(userIds.slice(2));
    const audit = readAudit(workspace);
    expect(audit.map(({ event }) => event)).toEqual(["started", "sending", "answered", "ended"]);
    expect(audit[1]).toMatchObject({
      change: "deletion",
      user_id_type: "email",
      users: [
        { id: ada, user_id: idOf(0), status: "Activated" },
        { id: bob, user_id: idOf(1), status: "Activated" },
      ],
    });
    expect(audit[2]).toMatchObject({ status: 200, request: audit[1]?.request });
    expect(emulator.calls.every(({ statusCode }) => statusCode === 200)).toBe(true);
    check(await workspace.plan(), { code: 0 });
  });
  if (type === "null_resource") return;

  test("deletes nobody whom a wider apply would delete, too", async () => {
    const scenario = await approved(1);
    const { workspace } = scenario;
    workspace.write(usersFrom(3));
    const finished = await startApply(workspace, []).finished;
    check(finished, { code: 1, says: ["the guard did not send it: no approved plan deletes this user"] });
    expect(remaining(scenario)).toEqual(userIds.slice(1));
    expect(readAudit(workspace)).toContainEqual(
      expect.objectContaining({ event: "refused", reason: "no approved plan deletes 2 of these 3 users" }),
    );
  });

  test("plans with reads only, and counts the people of a run", async () => {
    const scenario = await approved(3, { GENAUTH_MAX_DELETIONS: "5" });
    const { workspace } = scenario;
    const withReads = (...command: readonly [string, ...string[]]) =>
      startGuarded(workspace, ["--read-only"], command).finished;
    check(await withReads("plan", "-input=false"), {
      code: 0,
      says: ["Only reads pass.", "Sent: no change"],
    });
    const { stdout } = await withReads("show", "-json", "approved.tfplan");
    expect(JSON.parse(stdout)).toEqual(await workspace.planJson("approved.tfplan"));

    const refused = await startApply(workspace, ["approved.tfplan"], ["--max-deletions", "2"]).finished;
    check(refused, { code: 1, says: ["3 users would be deleted or suspended in this run, which allows 2"] });
    expect(remaining(scenario)).toEqual(userIds);
    check(await startApply(workspace).finished, { code: 0 });
    expect(remaining(scenario)).toEqual(userIds.slice(3));

    workspace.write(usersFrom(4));
    check(await withReads("apply", "-auto-approve"), {
      code: 1,
      says: ["this guard lets only reads pass"],
    });
    expect(remaining(scenario)).toEqual(userIds.slice(3));
  });

  test("keeps everybody in the state if the guard is killed, and goes on under a new one", async () => {
    const scenario = await approved(2);
    const { workspace, emulator } = scenario;
    emulator.faults.add({ on: "delete-users-batch", times: 1, then: { kind: "hang" } });
    const child = startApply(workspace);
    await waitForCall(scenario, "delete-users-batch");
    process.kill(child.pid, "SIGKILL");
    await child.finished.catch(() => undefined);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(expect.arrayContaining([ada, bob]));
    expect(remaining(scenario)).toEqual(userIds);
    await savePlan(workspace);
    check(await startApply(workspace).finished, { code: 0 });
    expect(remaining(scenario)).toEqual(userIds.slice(2));
  });
}

async function waitForCall({ emulator }: Scenario, call: string): Promise<void> {
  while (!emulator.calls.some(({ path }) => path.endsWith(call)))
    await new Promise((resolve) => setTimeout(resolve, 50));
}
