import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type EmulatorOptions, type PoolUser, seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import type { UserSetBlock } from "../../support/configuration";
import { useScenarios, type Scenario } from "../../support/scenario";
import { stackDocument } from "../../../src/reports";
import { planAndReport } from "../reports/support/golden";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";

const DAY_MS = 24 * 3600 * 1000;
const pool = seedUsers(8);
const [ada = "", bob = "", eve = "", dan = ""] = pool.map(({ email }) => email ?? "");
const [adaId = "", bobId = ""] = pool.map(({ userId }) => userId);
const email = { user_id_type: "email", suspend_days: 14 };
const all = { ...email, users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve", [dan]: "Dan" } };
const withoutAda = { ...email, users: { [bob]: "Bob", [eve]: "Eve", [dan]: "Dan" } };

describe.each(engines())("leavers are suspended first on $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(users = pool, set: UserSetBlock = all, latencyMs = 0): Promise<Scenario> {
    const scenario = await open({ emulator: { users, latencyMs } });
    await applySet(scenario.workspace, set);
    return scenario;
  }

  /** The state and the pool after Ada was suspended, which several tests begin with. */
  let afterSuspension: { readonly state: string; readonly users: readonly PoolUser[] } | undefined;

  async function suspendAda(options: EmulatorOptions = {}): Promise<Scenario> {
    if (afterSuspension) {
      const { state, users } = afterSuspension;
      const scenario = await open({ emulator: { ...options, users } });
      scenario.workspace.write(withoutAda);
      scenario.workspace.writeFiles({ "terraform.tfstate": state });
      return scenario;
    }
    const scenario = await open({ emulator: { ...options, users: pool } });
    const { workspace, emulator } = scenario;
    await applySet(workspace, all);
    await applySet(workspace, withoutAda);
    afterSuspension = { state: JSON.stringify(workspace.state()), users: emulator.pool.list() };
    return scenario;
  }

  /** The lines of all record files, the oldest first. */
  function recordsIn(folder: string): unknown[] {
    const files = readdirSync(join(folder, "deleted")).sort();
    return files.flatMap((file) =>
      readFileSync(join(folder, "deleted", file), "utf8")
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    );
  }

  function statusOf({ emulator }: Scenario, userId: string): PoolUser["status"] {
    return emulator.pool.find(userId, "user_id")?.status ?? "Activated";
  }

  function updatesReceived({ emulator }: Scenario): unknown[] {
    return emulator.calls.filter(({ path }) => path.endsWith("/update-user-batch"));
  }

  test("who is declared again after a suspension that nobody could confirm is named, and not reactivated by a guess", async () => {
    const scenario = await applied();
    const { workspace, emulator } = scenario;
    workspace.write(withoutAda);
    emulator.faults.add({ on: "update-user-batch", then: { kind: "late", ms: 60_000 } });
    check(await workspace.apply(), { code: 1, says: ["1 of 1 removed user not suspended", ada] });
    await applySet(workspace, all);
    emulator.faults.clear();
    emulator.letDaysPass(0.01);
    const named = ["1 declared user suspended in GenAuth", ada];
    check(await workspace.plan(), { code: 0, says: named, neverSays: ["be reactivated"] });
    expect(statusOf(scenario, adaId)).toBe("Suspended");
  });

  test("a leaver is suspended, waits without a plan, is deleted when the day has come, and nobody else", async () => {
    const scenario = await applied();
    const { workspace } = scenario;
    workspace.setVariables({ GENAUTH_DELETION_RECORD: join(workspace.folder, "deleted") });
    workspace.write(withoutAda);
    const due = new Date(Math.ceil(Date.now() / DAY_MS + 14) * DAY_MS).toISOString().replace(".000", "");
    const planned = await planAndReport(scenario);
    expect(planned.report).toMatchObject({
      verdict: "somebody_leaves",
      totals: { suspended: 1, deleted: 0, upper_bound: false, stay: 3 },
      leavers: [{ id: ada, label: "Ada", fate: "suspended", name: pool[0]?.name }],
    });
    expect(stackDocument(planned.report)).toMatchObject({
      tone: "alarm",
      headline: ["1 user will be suspended, and deleted later"],
    });
    const { summary } = planned.report.warnings[0] ?? {};
    expect(summary).toBe(
      `1 user will be suspended, and deleted 14 days later (${due.slice(0, 10)} if applied today): ${ada}`,
    );
    expect(updatesReceived(scenario)).toEqual([]);
    check(await workspace.apply("plan"), { code: 0 });
    const suspensions = recordsIn(workspace.folder);
    expect(suspensions).toEqual([
      expect.objectContaining({ id: ada, userId: adaId, statusBefore: "Activated" }),
    ]);
    expect(JSON.stringify(suspensions)).not.toContain(pool[0]?.name);
    expect(statusOf(scenario, adaId)).toBe("Suspended");
    expect(statusOf(scenario, bobId)).toBe("Activated");
    expect(workspace.userSet()).toMatchObject({
      users: withoutAda.users,
      suspended: { [ada]: due },
      suspensions: { [ada]: "suspended" },
      removals: {},
    });
    scenario.emulator.letDaysPass(13);
    check(await workspace.plan(), { code: 0 });
    scenario.emulator.letDaysPass(2);
    check(await workspace.plan("-refresh=false"), { code: 0 });
    check(await workspace.plan(), {
      code: 2,
      says: [`Due since ${due.slice(0, 10)}: removed from the set earlier`],
    });
    expect((await planAndReport(scenario)).report).toMatchObject({
      totals: { suspended: 0, deleted: 1, upper_bound: false, stay: 3 },
      leavers: [{ id: ada, label: "Ada", fate: "deleted", name: pool[0]?.name }],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    const record = { id: ada, user: { userId: adaId, name: pool[0]?.name, status: "Suspended" } };
    expect(recordsIn(workspace.folder).slice(1)).toMatchObject([record]);
    expect(workspace.userSet()).toMatchObject({ suspended: {}, removals: { [ada]: "deleted" } });
    check(await workspace.plan(), { code: 0 });
  });

  test("a plan that was saved before the day deletes nobody when it is applied after the day", async () => {
    const scenario = await suspendAda();
    const { workspace } = scenario;
    workspace.write({ ...email, users: { [eve]: "Eve", [dan]: "Dan" } });
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be suspended", bob] });
    scenario.emulator.letDaysPass(20);
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(statusOf(scenario, bobId)).toBe("Suspended");
    check(await workspace.plan(), { code: 2, says: ["1 user will be permanently deleted", ada] });
  });

  test("a plan made while GenAuth's Date is wrong deletes nobody days early, when it is right again", async () => {
    let daysAhead = 0;
    const scenario = await suspendAda({
      now: () => Date.now() + daysAhead * DAY_MS,
      clockSkewMs: Infinity,
    });
    const { workspace } = scenario;
    daysAhead = 20;
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted", ada] });
    daysAhead = 0;
    const waits = { code: 0, says: ["Due, but not deleted: GenAuth's clock says", ada] };
    check(await workspace.apply("plan"), waits);
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(workspace.userSet()?.suspended).toHaveProperty([ada]);

    // The wrong Date is stored in the state by a refresh, and the plan looks nothing up again.
    daysAhead = 20;
    check(await workspace.apply("-refresh-only"), { code: 0 });
    daysAhead = 0;
    await workspace.plan("-refresh=false", "-out=plan");
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(workspace.userSet()?.suspended).toHaveProperty([ada]);

    daysAhead = 20;
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted", ada] });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test("a due deletion shows through ignore_changes = all, and in no refresh-only plan", async () => {
    const scenario = await suspendAda();
    const { workspace } = scenario;
    workspace.write({ ...withoutAda, lifecycle: { ignore_changes: "all" } });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    scenario.emulator.letDaysPass(20);
    // That the day has come is private data, which the exit code counts until it is stored.
    const unchanged = { says: ["No changes"], neverSays: ["permanently deleted"] };
    check(await workspace.plan("-refresh-only"), { code: 2, ...unchanged });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    check(await workspace.plan("-refresh-only"), { code: 0, ...unchanged });
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["1 user will be permanently deleted", ada, "0 to add, 1 to change, 0 to destroy"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test("a held due deletion, more due than allowed, and a set that is taken away delete nobody", async () => {
    const scenario = await suspendAda();
    const { workspace } = scenario;
    scenario.emulator.letDaysPass(20);
    check(await workspace.plan("-out=plan"), { code: 2, says: ["permanently deleted"] });
    workspace.write({ ...withoutAda, max_deletions: 0 });
    check(await workspace.plan(), {
      code: 2,
      says: ["cannot be deleted yet", "max_deletions (0)"],
      neverSays: ["permanently deleted"],
    });
    workspace.write(withoutAda);
    workspace.setVariables({ GENAUTH_DUE_DELETIONS: "hold" });
    check(await workspace.plan(), { code: 0 });
    const held = ["Due, but not deleted: this pipeline holds due deletions", ada];
    check(await workspace.apply("plan"), { code: 0, says: held });
    expect(deletionsReceived(scenario)).toEqual([]);
    workspace.setVariables({ GENAUTH_DUE_DELETIONS: "", GENAUTH_MIN_SUSPEND_DAYS: "30" });
    check(await workspace.plan(), { code: 1, says: ["suspend_days is below the pipeline's minimum"] });
    workspace.setVariables({ GENAUTH_MIN_SUSPEND_DAYS: "" });
    check(await workspace.plan("-destroy"), {
      code: 2,
      says: ["will not be deleted, and stays suspended", ada],
    });
    const replace = "-replace=genauth_user_set.staff";
    check(await workspace.plan(replace), { code: 2, says: ["If this plan replaces the set", ada] });
    check(await workspace.run("destroy", "-auto-approve"), {
      code: 0,
      says: ["1 user stays suspended, and will not be deleted", ada],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(statusOf(scenario, adaId)).toBe("Suspended");
  });

  test("a run that is killed loses nobody: who was suspended waits, and is not reactivated by this set", async () => {
    const crowd = seedUsers(70);
    const ids = crowd.map(({ userId }) => userId);
    const set = { suspend_days: 14, max_deletions_percent: 100 };
    const scenario = await applied(crowd, { ...set, users: ids }, 100);
    const { workspace, emulator } = scenario;
    workspace.write({ ...set, users: ids.slice(60) }, { parallelism: 1 });
    const child = workspace.start("apply", "-auto-approve", "-input=false");
    const isSuspended = () => emulator.pool.list().filter(({ status }) => status === "Suspended").length;
    while (isSuspended() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    child.signal("SIGKILL");
    await child.finished;
    const before = isSuspended();
    expect(before).toBeLessThan(60);
    check(await workspace.apply(), { code: 0 });
    expect(isSuspended()).toBe(60);
    expect(emulator.pool.size).toBe(70);
    const { suspended, suspensions } = workspace.userSet() ?? {};
    expect(Object.keys(suspended ?? {}).sort()).toEqual(ids.slice(0, 60).sort());
    const notOurs = Object.values(suspensions ?? {}).filter((ending) => ending !== "suspended");
    expect(notOurs).toEqual(Array.from({ length: before }, () => "not suspended by this set"));
    check(await workspace.plan(), { code: 0 });
  });
});
