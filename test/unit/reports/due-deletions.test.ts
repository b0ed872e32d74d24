import { describe, expect, test } from "@jest/globals";
import { planDocument, renderText, reportOnPlan } from "../../../src/reports";
import { readDueDeletions } from "../../../src/reports/due-deletions";
import { readPlannedChanges } from "../../../src/reports/planned-change";
import { parsePlan } from "../../../src/terraform-json";

const STAFF = {
  user_id_type: "username",
  users: { ada: "Ada", bo: "Bo" },
  suspend_days: 14,
  suspended: { chidi: "2026-12-11T00:00:00Z", dana: "2026-12-12T00:00:00Z" },
  max_deletions: 10,
  removals: null,
  suspensions: null,
  drift: { missing: [], survivors: [] },
};

/** A change of the set, or of another resource. */
function change(after: object, unknown: object = {}, actions: readonly string[] = ["update"]) {
  return {
    address: "genauth_user_set.staff",
    mode: "managed",
    type: "genauth_user_set",
    change: { actions, before: STAFF, after: { ...STAFF, ...after }, after_unknown: unknown },
  };
}

/** The plan deletes chidi, who is due; dana waits on. */
const DUE = change({ suspended: undefined }, { suspended: true, removals: { chidi: true }, drift: true });

function plan(changes: readonly object[], configuration: object = {}) {
  return parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: changes, configuration }));
}

function report(...changes: readonly object[]) {
  return reportOnPlan(plan(changes), { messages: [] });
}

test("a deletion that is due is named with the day until which the user was suspended", () => {
  const found = report(DUE);
  expect(found).toMatchObject({
    due_deletions: "alone",
    verdict: "somebody_leaves",
    totals: { deleted: 1, due: 1, stay: 2 },
    leavers: [{ id: "chidi", fate: "deleted", suspended_until: "2026-12-11T00:00:00Z" }],
    sets: [{ due: 1, ends_waiting: true }],
  });
  const text = renderText(planDocument(found));
  expect(text).toContain("The user is suspended, and the day of the deletion has come.");
  expect(text).toContain("Suspended until 2026-12-11.");
});

test("of several deletions, the report says which are due", () => {
  const found = report(
    change(
      { users: { ada: "Ada" }, suspended: undefined },
      { suspended: true, removals: { bo: true, chidi: true }, drift: true },
    ),
  );
  expect(found.leavers.map(({ id, suspended_until }) => [id, suspended_until])).toEqual([
    ["bo", undefined],
    ["chidi", "2026-12-11T00:00:00Z"],
  ]);
  expect(renderText(planDocument(found))).toContain(
    "1 of them is suspended, and the day of the deletion has come.",
  );
});

describe("deletions that are due are alone", () => {
  const other = {
    address: "terraform_data.x",
    mode: "managed",
    type: "terraform_data",
    change: { actions: ["update"], before: {}, after: {}, after_unknown: {} },
  };
  test.each([
    ["unless nobody is due", [change({ label: "x" })], "none"],
    ["also beside a set without changes", [DUE, change({}, {}, ["no-op"])], "alone"],
    [
      "not with a user who joins",
      [change({ ...DUE.change.after, users: { ...STAFF.users, eve: "" } }, DUE.change.after_unknown)],
      "with_others",
    ],
    [
      "not with a limit that changes",
      [change({ ...DUE.change.after, max_deletions: 99 }, DUE.change.after_unknown)],
      "with_others",
    ],
    [
      "not with a user who is suspended",
      [
        change(
          { ...DUE.change.after, users: { ada: "Ada" } },
          { ...DUE.change.after_unknown, suspensions: { bo: true } },
        ),
      ],
      "with_others",
    ],
    [
      "not with a removal that is tried again",
      [change({ suspended: undefined }, { suspended: true, removals: { chidi: true, zoe: true } })],
      "with_others",
    ],
    [
      "not with a change of another set",
      [DUE, change({ users: { ada: "Ada", bo: "New label" } })],
      "with_others",
    ],
    ["not with another resource", [DUE, other], "with_others"],
  ] as const)("%s", (_, changes, expected) => {
    expect(report(...changes).due_deletions).toBe(expected);
  });
});

describe("what goes along with deletions that are due", () => {
  const besideDue = (of: ReturnType<typeof plan>) => readDueDeletions(of, readPlannedChanges(of)).beside;
  const sales = "genauth_user_set.sales";
  const data = { mode: "data", type: "terraform_remote_state", address: "data.terraform_remote_state.x" };
  test.each([
    ["a set that is moved", { ...change({}, {}, ["no-op"]), address: sales, previous_address: "x.y" }],
    [
      "a set that is imported",
      {
        address: sales,
        type: "genauth_user_set",
        change: { actions: ["no-op"], before: STAFF, after: STAFF, importing: { id: "{}" } },
      },
    ],
  ])("%s", (_, other) => {
    const beside = report(DUE, other);
    expect(beside.due_deletions).toBe("with_others");
    expect(beside.rest).toMatchObject([{ kind: "resource", address: sales }]);
    expect(besideDue(plan([DUE, other]))).toEqual([sales]);
  });

  test("a data source that apply reads, but none that the plan has read, nor an ephemeral resource", () => {
    const ephemeral = { mode: "ephemeral", type: "vault_secret", address: "ephemeral.vault_secret.x" };
    const configuration = { root_module: { resources: [data, ephemeral] } };
    const read = plan([DUE], configuration);
    // Every plan of such a stack reads it, so it could never delete anybody who is due.
    expect(reportOnPlan(read, { messages: [] })).toMatchObject({
      due_deletions: "alone",
      rest: [{ kind: "data_source" }, { kind: "ephemeral" }],
    });
    expect(besideDue(read)).toEqual([]);
    const later = { ...data, change: { actions: ["read"], before: null, after: {} } };
    expect(report(DUE, later).due_deletions).toBe("with_others");
  });

  test("outputs that show who waits", () => {
    const { resource_changes, ...shown } = plan([DUE]);
    const output_changes = { waiting: { actions: ["update"] } };
    expect(besideDue({ ...shown, resource_changes, output_changes })).toEqual([]);
  });
});

test("only a set in which everybody waits on leaves the suspensions as they are", () => {
  const ends = (after: object, unknown: object = {}) => report(change(after, unknown)).sets[0]?.ends_waiting;
  expect(ends({ max_deletions: 99 })).toBe(false);
  // Dates that are postponed.
  expect(ends({ suspended: { chidi: "2027-01-11T00:00:00Z", dana: "2027-01-12T00:00:00Z" } })).toBe(false);
  // A user is reactivated, or released.
  expect(ends({ suspended: { chidi: "2026-12-11T00:00:00Z" } })).toBe(true);
  expect(ends({ suspended: undefined }, { suspended: true })).toBe(true);
});

test("users whose day had come and whom the plan does not delete are counted, and told", () => {
  const reportAt = (timestamp: string | undefined, ...changes: readonly object[]) =>
    reportOnPlan(parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: changes, timestamp })));
  const overdue = (...given: Parameters<typeof reportAt>) => reportAt(...given).totals.overdue;
  const held = change({}, {}, ["no-op"]);
  expect(overdue("2026-12-10T23:59:59Z", held)).toBe(0);
  expect(overdue("2026-12-11T00:00:00Z", held)).toBe(1);
  expect(overdue("2026-12-12T00:00:00Z", held)).toBe(2);
  expect(overdue(undefined, held)).toBe(0);
  expect(renderText(planDocument(reportAt("2026-12-12T00:00:00Z", held)))).toContain(
    "The day of 2 suspended users has come, and this plan deletes none of them",
  );
  // One of the two is deleted, or reactivated.
  expect(overdue("2026-12-12T00:00:00Z", DUE)).toBe(1);
  expect(overdue("2026-12-12T00:00:00Z", change({ users: { ...STAFF.users, chidi: "" } }))).toBe(1);
});
