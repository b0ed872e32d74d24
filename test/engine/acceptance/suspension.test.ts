import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type EmulatorOptions, type PoolUser, seedUsers, type Variants } from "../../support/emulator";
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
const ADA_AS_USER = pool[0];

/** A set whose leavers are suspended for 14 days. */
const setOf = (users: Readonly<Record<string, string>>): UserSetBlock => ({
  user_id_type: "email",
  suspend_days: 14,
  users,
});
const everybody = setOf({ [ada]: "Ada", [bob]: "Bob", [eve]: "Eve", [dan]: "Dan" });
const withoutAda = setOf({ [bob]: "Bob", [eve]: "Eve", [dan]: "Dan" });
const withoutAdaAndBob = setOf({ [eve]: "Eve", [dan]: "Dan" });

const DELETES_ADA = { code: 2, says: ["1 user will be permanently deleted", ada] };
const NO_CHANGE = { code: 0, says: ["No changes"] };

describe.each(engines())("leavers are suspended first on $name", (engine) => {
  const open = useScenarios(engine);

  /** What applies of `everybody` and then `withoutAda` leave: Ada is suspended, and waits for the day of her deletion. */
  let adaSuspended: { readonly stateFile: string; readonly users: readonly PoolUser[] };

  beforeAll(async () => {
    const { workspace, emulator } = await open({ emulator: { users: pool } });
    await applySet(workspace, everybody);
    await applySet(workspace, withoutAda);
    adaSuspended = { stateFile: JSON.stringify(workspace.state()), users: emulator.pool.list() };
  });

  /** A pool and a workspace of their own, in which Ada has just been suspended. */
  async function withAdaSuspended(options: EmulatorOptions = {}): Promise<Scenario> {
    const scenario = await open({ emulator: { ...options, users: adaSuspended.users } });
    scenario.workspace.write(withoutAda);
    scenario.workspace.writeFiles({ "terraform.tfstate": adaSuspended.stateFile });
    return scenario;
  }

  /** A user's status in the pool; undefined: the user is not there. */
  function statusOf({ emulator }: Scenario, userId: string): PoolUser["status"] {
    const user = emulator.pool.find(userId, "user_id");
    return user && (user.status ?? "Activated");
  }

  const suspensionsReceived = ({ emulator }: Scenario): number =>
    emulator.calls.filter(({ path }) => path.endsWith("/update-user-batch")).length;

  test("a leaver is suspended, waits without a plan, is deleted when the day has come, and nobody else", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    workspace.setVariables({ GENAUTH_DELETION_RECORD: join(workspace.folder, "deleted") });
    await applySet(workspace, everybody);

    // The plan, which is saved and reported on, suspends Ada, says until when, and changes nothing yet.
    workspace.write(withoutAda);
    const dueAt = midnightAfter(14);
    const dueDay = dueAt.slice(0, 10);
    const { report } = await planAndReport(scenario);
    expect(report).toMatchObject({
      verdict: "somebody_leaves",
      totals: { suspended: 1, deleted: 0, upper_bound: false, stay: 3 },
      leavers: [{ id: ada, label: "Ada", fate: "suspended", name: ADA_AS_USER?.name }],
      warnings: [
        {
          summary: `1 user will be suspended, and deleted 14 days later (${dueDay} if applied today): ${ada}`,
        },
      ],
    });
    expect(stackDocument(report)).toMatchObject({
      tone: "alarm",
      headline: ["1 user will be suspended, and deleted later"],
    });
    expect(suspensionsReceived(scenario)).toBe(0);

    // The apply suspends her, and records it without her name.
    check(await workspace.apply("plan"), { code: 0 });
    expect(statusOf(scenario, adaId)).toBe("Suspended");
    expect(statusOf(scenario, bobId)).toBe("Activated");
    expect(workspace.userSet()).toMatchObject({
      users: withoutAda.users,
      suspended: { [ada]: dueAt },
      suspensions: { [ada]: "suspended" },
      removals: {},
    });
    const records = recordsIn(workspace.folder);
    expect(records).toMatchObject([{ id: ada, userId: adaId, statusBefore: "Activated" }]);
    expect(JSON.stringify(records)).not.toContain(ADA_AS_USER?.name);

    // Until the day, no plan has anything to do. Only a refresh sees that the day has come.
    emulator.letDaysPass(13);
    check(await workspace.plan(), NO_CHANGE);
    emulator.letDaysPass(2);
    check(await workspace.plan("-refresh=false"), NO_CHANGE);
    check(await workspace.plan(), {
      code: 2,
      says: [`Due since ${dueDay}: removed from the set earlier`],
    });
    expect((await planAndReport(scenario)).report).toMatchObject({
      totals: { suspended: 0, deleted: 1, upper_bound: false, stay: 3 },
      leavers: [{ id: ada, label: "Ada", fate: "deleted", name: ADA_AS_USER?.name }],
    });

    // The apply deletes her, and records what there was.
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    expect(workspace.userSet()).toMatchObject({ suspended: {}, removals: { [ada]: "deleted" } });
    expect(recordsIn(workspace.folder).slice(1)).toMatchObject([
      { id: ada, user: { userId: adaId, name: ADA_AS_USER?.name, status: "Suspended" } },
    ]);
    check(await workspace.plan(), NO_CHANGE);
  });

  test("a plan that was saved before the day deletes nobody when it is applied after the day", async () => {
    const scenario = await withAdaSuspended();
    const { workspace, emulator } = scenario;
    workspace.write(withoutAdaAndBob);
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be suspended", bob] });
    emulator.letDaysPass(20);
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(statusOf(scenario, bobId)).toBe("Suspended");
    check(await workspace.plan(), DELETES_ADA);
  });

  test("a plan made while GenAuth's Date is wrong deletes nobody days early, when it is right again", async () => {
    let daysAhead = 0;
    const scenario = await withAdaSuspended({
      now: () => Date.now() + daysAhead * DAY_MS,
      clockSkewMs: Infinity,
    });
    const { workspace } = scenario;
    const expectAdaWaits = (): void => {
      expect(deletionsReceived(scenario)).toEqual([]);
      expect(workspace.userSet()?.suspended).toHaveProperty([ada]);
    };
    daysAhead = 20;
    check(await workspace.plan("-out=plan"), DELETES_ADA);
    daysAhead = 0;
    check(await workspace.apply("plan"), {
      code: 0,
      says: ["Due, but not deleted: GenAuth's clock says", ada],
    });
    expectAdaWaits();

    // The wrong Date is stored in the state by a refresh, and the plan looks nothing up again.
    daysAhead = 20;
    check(await workspace.apply("-refresh-only"), { code: 0 });
    daysAhead = 0;
    await workspace.plan("-refresh=false", "-out=plan");
    check(await workspace.apply("plan"), { code: 0 });
    expectAdaWaits();

    // Once the day has really come, she is deleted.
    daysAhead = 20;
    check(await workspace.plan("-out=plan"), DELETES_ADA);
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  // An apply looks those who are due up three times.
  test.each([
    { when: "while the apply plans again, and after that", firstLookUp: 1 },
    { when: "while the apply decides, and after that", firstLookUp: 2 },
    { when: "right before the call", firstLookUp: 3 },
  ])("an outage $when fails the apply of a due deletion, and the user waits on", async ({ firstLookUp }) => {
    const scenario = await withAdaSuspended();
    const { workspace, emulator } = scenario;
    emulator.letDaysPass(20);
    check(await workspace.plan("-out=plan"), DELETES_ADA);
    const nth = Array.from({ length: 50 }, (_, index) => firstLookUp + index);
    emulator.faults.add({ on: "get-user-batch", nth, then: { kind: "http", status: 503 } });
    workspace.setVariables({ GENAUTH_MAX_ATTEMPTS: "1" });
    check(await workspace.apply("plan"), {
      code: 1,
      says: ["1 suspended user due, but not confirmed gone", ada],
    });
    emulator.faults.clear();
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(workspace.userSet()?.suspended).toHaveProperty([ada]);
    check(await workspace.plan("-out=plan"), DELETES_ADA);
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test.each([
    { what: "her status", shown: { hiddenFields: ["status"] }, says: "GenAuth does not show their status" },
    {
      what: "her account",
      shown: { suspended: "hidden" },
      says: "look-ups show nobody who waits with this status",
    },
  ] as const)(
    "an apply that is not shown $what any more deletes nobody, and says so",
    async ({ shown, says }) => {
      const variants: Partial<Variants> = { hiddenFields: [] };
      const scenario = await withAdaSuspended({ variants });
      const { workspace, emulator } = scenario;
      emulator.letDaysPass(20);
      check(await workspace.plan("-out=plan"), DELETES_ADA);
      Object.assign(variants, shown);
      check(await workspace.apply("plan"), { code: 0, says: [says, ada] });
      expect(deletionsReceived(scenario)).toEqual([]);
      expect(workspace.userSet()?.suspended).toHaveProperty([ada]);
    },
  );

  test("a due deletion shows through ignore_changes = all, and in no refresh-only plan", async () => {
    const scenario = await withAdaSuspended();
    const { workspace, emulator } = scenario;
    workspace.write({ ...withoutAda, lifecycle: { ignore_changes: "all" } });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    emulator.letDaysPass(20);
    // A refresh notes in the private data that the day has come. Until this is stored, the exit code is that of a change.
    const nothing = { says: ["No changes"], neverSays: ["permanently deleted"] };
    check(await workspace.plan("-refresh-only"), { code: 2, ...nothing });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    check(await workspace.plan("-refresh-only"), { code: 0, ...nothing });
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: [...DELETES_ADA.says, "0 to add, 1 to change, 0 to destroy"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });

  test("more who are due than a limit allows wait on, and so do all while the operator holds due deletions", async () => {
    const scenario = await withAdaSuspended();
    const { workspace, emulator } = scenario;
    emulator.letDaysPass(20);
    check(await workspace.plan("-out=plan"), DELETES_ADA);

    workspace.write({ ...withoutAda, max_deletions: 0 });
    check(await workspace.plan(), {
      code: 2,
      says: ["cannot be deleted yet", "max_deletions (0)"],
      neverSays: ["permanently deleted"],
    });

    // Also for a plan that was saved before.
    workspace.write(withoutAda);
    workspace.setVariables({ GENAUTH_DUE_DELETIONS: "hold" });
    check(await workspace.plan(), { code: 0 });
    check(await workspace.apply("plan"), {
      code: 0,
      says: ["Due, but not deleted: this pipeline holds due deletions", ada],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(statusOf(scenario, adaId)).toBe("Suspended");
  });

  test("a set that suspends for fewer days than the operator's minimum is refused", async () => {
    const { workspace } = await withAdaSuspended();
    workspace.setVariables({ GENAUTH_MIN_SUSPEND_DAYS: "30" });
    check(await workspace.plan(), { code: 1, says: ["suspend_days is below the pipeline's minimum"] });
  });

  test("a set with somebody who is due is not replaced, and its destruction deletes nobody and says who stays suspended", async () => {
    const scenario = await withAdaSuspended();
    const { workspace, emulator } = scenario;
    emulator.letDaysPass(20);
    check(await workspace.plan("-replace=genauth_user_set.staff"), {
      code: 1,
      says: ["The set is replaced, which would lose 1 suspended user", ada],
    });
    check(await workspace.plan("-destroy"), {
      code: 2,
      says: ["will not be deleted, and stays suspended", ada],
    });
    check(await workspace.run("destroy", "-auto-approve"), {
      code: 0,
      says: ["1 user stays suspended, and will not be deleted", ada],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(statusOf(scenario, adaId)).toBe("Suspended");
  });

  test("a user who is declared again after a suspension that nobody could confirm is named, and not reactivated by a guess", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    await applySet(workspace, everybody);
    workspace.write(withoutAda);
    emulator.faults.add({ on: "update-user-batch", then: { kind: "late", ms: 60_000 } });
    check(await workspace.apply(), { code: 1, says: ["1 of 1 removed user not suspended", ada] });
    await applySet(workspace, everybody);
    emulator.faults.clear();
    emulator.letDaysPass(0.01);
    check(await workspace.plan(), {
      code: 0,
      says: ["1 declared user suspended in GenAuth", ada],
      neverSays: ["be reactivated"],
    });
    expect(statusOf(scenario, adaId)).toBe("Suspended");
  });

  test("a run that is killed loses nobody: those who were suspended wait, and are not reactivated by this set", async () => {
    const users = seedUsers(70);
    const ids = users.map(({ userId }) => userId);
    const leavers = ids.slice(0, 60);
    const set = { suspend_days: 14, max_deletions_percent: 100 };
    const scenario = await open({ emulator: { users } });
    const { workspace, emulator } = scenario;
    const countSuspended = (): number =>
      emulator.pool.list().filter(({ status }) => status === "Suspended").length;
    await applySet(workspace, { ...set, users: ids });

    // The run is killed after its first calls, and the next one does not reach GenAuth.
    workspace.write({ ...set, users: ids.slice(60) }, { parallelism: 1 });
    const apply = workspace.start("apply", "-auto-approve", "-input=false");
    const third = { on: "update-user-batch", nth: 3 } as const;
    emulator.steps.add({
      ...third,
      run: async () => {
        apply.signal("SIGKILL");
        await apply.finished;
      },
    });
    emulator.faults.add({ ...third, then: { kind: "reset" } });
    await apply.finished;
    const suspendedBefore = countSuspended();
    expect(suspendedBefore).toBeGreaterThan(1);
    expect(suspendedBefore).toBeLessThan(60);

    // The next one suspends the others, and takes those whom it finds suspended for somebody else's work.
    check(await workspace.apply(), { code: 0 });
    expect(countSuspended()).toBe(60);
    expect(emulator.pool.size).toBe(70);
    const state = workspace.userSet();
    expect(Object.keys(state?.suspended ?? {}).sort()).toEqual(leavers.sort());
    const endings = Object.values(state?.suspensions ?? {});
    expect(endings.filter((ending) => ending === "not suspended by this set")).toHaveLength(suspendedBefore);
    expect(endings.filter((ending) => ending === "suspended")).toHaveLength(60 - suspendedBefore);
    check(await workspace.plan(), NO_CHANGE);
  });
});

/** The first midnight after some days from now, as a set writes it. */
function midnightAfter(days: number): string {
  return new Date(Math.ceil(Date.now() / DAY_MS + days) * DAY_MS).toISOString().replace(".000", "");
}

/** The lines of all files of the deletion record, the oldest first. */
function recordsIn(folder: string): unknown[] {
  const files = readdirSync(join(folder, "deleted")).sort();
  return files.flatMap((file) =>
    readFileSync(join(folder, "deleted", file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line)),
  );
}
