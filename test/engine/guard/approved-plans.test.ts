import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type PoolUser, seedUsers } from "../../../src/emulator";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";
import { guardLine, pipedGuardLine, readAudit, savePlan, startApply } from "../../support/guard/guarded";

const DAY_MS = 24 * 3600 * 1000;
const pool = seedUsers(8);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
const userIds = pool.map(({ userId }) => userId);
const idOf = (index: number): string => userIds[index] ?? "";
const emailOf = (index: number): string => emails[index] ?? "";

/** The users from one on, in a set. */
const usersFrom = (from: number) => ({
  users: Object.fromEntries(emails.slice(from).map((email) => [email, "x"])),
  user_id_type: "email",
  max_deletions_percent: 100,
});

const remaining = ({ emulator }: Scenario): string[] => emulator.pool.list().map(({ userId }) => userId);

describe.each(engines())("an apply under the guard on $name", (engine) => {
  describe.each(["genauth_user_set", "null_resource"] as const)("with a %s", (type) => {
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
      expect(audit[1]).toMatchObject({ change: "deletion", user_id_type: "email", ids: [ada, bob] });
      expect(audit[2]).toMatchObject({ status: 200, request: audit[1]?.request });
      expect(emulator.calls.every(({ statusCode }) => statusCode === 200)).toBe(true);
      check(await workspace.plan(), { code: 0 });
    });

    test("deletes by a key that only a pipe gave to the guard", async () => {
      const scenario = await approved(1);
      const { workspace, emulator } = scenario;
      const outside = mkdtempSync(join(tmpdir(), "guard-test-"));
      try {
        const file = join(outside, "key");
        writeFileSync(file, `${emulator.accessKeyId}\n${emulator.accessKeySecret}\n`, { mode: 0o600 });
        const line = pipedGuardLine(file, "--plan", "approved.json");
        const apply = workspace.startUnder(line, "apply", "-input=false", "approved.tfplan");
        const finished = await apply.finished;
        check(finished, { code: 0, says: ["deletion of 1 of 1 approved"] });
        expect(finished.text).not.toContain(emulator.accessKeySecret);
        expect(remaining(scenario)).toEqual(userIds.slice(1));
        check(await workspace.plan(), { code: 0 });
      } finally {
        rmSync(outside, { recursive: true });
      }
    });

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

    test("deletes nobody else if another saved plan takes the place of the approved one", async () => {
      const scenario = await approved(1);
      const { workspace } = scenario;
      workspace.write({ ...usersFrom(0), users: { [emailOf(0)]: "x", [emailOf(7)]: "x" } });
      check(await workspace.plan("-out=approved.tfplan"), { code: 2 });
      const finished = await startApply(workspace).finished;
      check(finished, { code: 1, says: ["the guard did not send it: no approved plan deletes this user"] });
      expect(remaining(scenario)).toEqual(userIds);
      // The state keeps all of them, so the approved plan can be made again.
      workspace.write(usersFrom(1));
      await savePlan(workspace);
      check(await startApply(workspace).finished, { code: 0 });
      expect(remaining(scenario)).toEqual(userIds.slice(1));
    });

    test("counts the people of a run", async () => {
      const scenario = await approved(3, { GENAUTH_MAX_DELETIONS: "5" });
      const { workspace } = scenario;
      const refused = await startApply(workspace, ["approved.tfplan"], ["--max-deletions", "2"]).finished;
      check(refused, { code: 1, says: ["The plans delete 3 users, and this run allows 2"] });
      expect(remaining(scenario)).toEqual(userIds);
      check(await startApply(workspace).finished, { code: 0 });
      expect(remaining(scenario)).toEqual(userIds.slice(3));
    });

    test("plans with reads only", async () => {
      const scenario = await approved(1);
      const { workspace } = scenario;
      const planned = await workspace.startUnder(guardLine("--read-only"), "plan", "-input=false").finished;
      check(planned, { code: 0, says: ["Only reads pass.", "Sent: no change"] });
      const line = guardLine("--read-only");
      const { stdout } = await workspace.startUnder(line, "show", "-json", "approved.tfplan").finished;
      expect(JSON.parse(stdout)).toEqual(await workspace.planJson("approved.tfplan"));
      const applied = await workspace.startUnder(guardLine("--read-only"), "apply", "-auto-approve").finished;
      check(applied, { code: 1, says: ["this guard lets only reads pass"] });
      expect(remaining(scenario)).toEqual(userIds);
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
  });

  const open = useScenarios(engine);

  async function withPlan(
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
    users: readonly PoolUser[] = pool,
    meanwhile: (scenario: Scenario) => void = () => undefined,
  ): Promise<Scenario & { readonly pass: (days: number) => void }> {
    let passed = 0;
    const scenario = await open({
      emulator: { users, now: () => Date.now() + passed * DAY_MS, clockSkewMs: 1000 * DAY_MS },
      environment: { GENAUTH_CONFIRM_SECONDS: "0.2" },
    });
    scenario.workspace.write({ ...usersFrom(0), ...before });
    check(await scenario.workspace.apply(), { code: 0 });
    meanwhile(scenario);
    scenario.workspace.write({ ...usersFrom(0), ...after });
    await savePlan(scenario.workspace);
    return { ...scenario, pass: (days) => void (passed += days) };
  }

  test.each(["declared_id", "user_id"])(
    "goes through lost answers and refusals, with delete_by %s",
    async (deleteBy) => {
      const set = { delete_by: deleteBy };
      const scenario = await withPlan(set, { ...usersFrom(5), ...set });
      const { workspace, emulator } = scenario;
      emulator.faults.add({ on: "delete-users-batch", nth: 1, then: { kind: "reset", after: true } });
      emulator.faults.add({ on: "get-user-batch", nth: 2, then: { kind: "answer", statusCode: 500 } });
      check(await startApply(workspace).finished, { code: 0 });
      expect(remaining(scenario)).toEqual(userIds.slice(5));
    },
  );

  test("suspends, reactivates, and deletes whose day has come", async () => {
    const days = { suspend_days: 14 };
    const scenario = await withPlan(days, { ...usersFrom(2), ...days });
    const { workspace, emulator, pass } = scenario;
    check(await startApply(workspace).finished, { code: 0, says: ["suspension of 2 of 2 approved"] });
    expect(remaining(scenario)).toEqual(userIds);
    expect(emulator.pool.find(idOf(0))?.status).toBe("Suspended");

    workspace.write({ ...usersFrom(1), ...days });
    await savePlan(workspace);
    check(await startApply(workspace).finished, { code: 0, says: ["reactivation of 1 of 1 approved"] });
    expect(emulator.pool.find(idOf(1))?.status).toBe("Activated");

    pass(15);
    await savePlan(workspace);
    check(await startApply(workspace).finished, { code: 0, says: ["deletion of 1 of 1 approved"] });
    expect(remaining(scenario)).toEqual(userIds.slice(1));
  });

  test("sets a first suspension back that changed more than the status", async () => {
    const days = { suspend_days: 14 };
    const scenario = await withPlan(days, { ...usersFrom(1), ...days });
    const { workspace, emulator } = scenario;
    emulator.steps.add({
      on: "update-user-batch",
      nth: 1,
      run: { kind: "update", userId: idOf(0), fields: { name: "Somebody else" } },
    });
    check(await startApply(workspace).finished, { code: 1, says: ["The status was set back to Activated"] });
    expect(emulator.pool.find(idOf(0))?.status).toBe("Activated");
  });

  test("keeps whom a set of another stack declares, under another id", async () => {
    const other = await open({ emulator: { users: pool } });
    const scenario = await withPlan({}, usersFrom(3));
    other.workspace.setVariables(scenario.emulator.environment());
    other.workspace.write({ users: { [idOf(1)]: "Bob" }, user_id_type: "user_id" });
    await savePlan(other.workspace);
    const { workspace } = scenario;
    workspace.writeFiles({
      "other.json": readFileSync(join(other.workspace.folder, "approved.json"), "utf8"),
    });
    const finished = await startApply(workspace, ["approved.tfplan"], ["--plan", "other.json"]).finished;
    check(finished, { code: 1, says: ["a set of this run declares this user"] });
    expect(remaining(scenario)).toEqual([idOf(1), ...userIds.slice(3)]);
  });

  test("refuses a secret in the provider block", async () => {
    const scenario = await withPlan({}, usersFrom(1));
    const { workspace } = scenario;
    workspace.write(usersFrom(1), { access_key_secret: "left in the configuration" });
    const finished = await startApply(workspace, []).finished;
    check(finished, { code: 1, says: ["A secret beside the guard"] });
    expect(remaining(scenario)).toEqual(userIds);
  });

  test("says what to do without a guard, and with a foreign one", async () => {
    const scenario = await withPlan({}, usersFrom(1));
    const { workspace } = scenario;
    workspace.setVariables({
      GENAUTH_GUARD: join(workspace.folder, "no.sock"),
      GENAUTH_ACCESS_KEY_SECRET: "",
    });
    check(await workspace.apply("approved.tfplan"), { code: 1, says: ["Run the engine under the guard"] });
    expect(remaining(scenario)).toEqual(userIds);
  });

  test("holds the plan to its SHA-256", async () => {
    const scenario = await withPlan({}, usersFrom(1));
    const finished = await startApply(
      scenario.workspace,
      ["approved.tfplan"],
      ["--plan-sha256", "0".repeat(64)],
    ).finished;
    check(finished, { code: 1, says: ["is not the plan that was approved"] });
    expect(remaining(scenario)).toEqual(userIds);
  });
});

async function waitForCall({ emulator }: Scenario, call: string): Promise<void> {
  while (!emulator.calls.some(({ path }) => path.endsWith(call)))
    await new Promise((resolve) => setTimeout(resolve, 50));
}
