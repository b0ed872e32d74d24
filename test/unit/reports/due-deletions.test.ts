import { expect, test } from "@jest/globals";
import { stackDocument, reportOnPlan } from "../../../src/reports";
import { phraseText } from "../../../src/reports/plain-text";
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
function change(
  after: object,
  unknown: object = {},
  actions: readonly string[] = ["update"],
  before: object = {},
) {
  return {
    address: "genauth_user_set.staff",
    mode: "managed",
    type: "genauth_user_set",
    change: {
      actions,
      before: { ...STAFF, ...before },
      after: { ...STAFF, ...after },
      after_unknown: unknown,
    },
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
    verdict: "somebody_leaves",
    totals: { deleted: 1, due: 1, stay: 2 },
    leavers: [{ id: "chidi", fate: "deleted", suspended_until: "2026-12-11T00:00:00Z" }],
    sets: [{ due: 1, ends_waiting: true }],
  });
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
});

test("deletions that are due have a list of their own", () => {
  const found = report(
    change(
      { users: { ada: "Ada" }, suspended: undefined },
      { suspended: true, removals: { bo: true, chidi: true }, drift: true },
    ),
  );
  expect(
    stackDocument(found)
      .sections.slice(0, 2)
      .map(({ title }) => title),
  ).toEqual(["Permanently deleted (1)", "Permanently deleted, because their day has come (1)"]);
});

/** A plan that changes nothing, made at a time while `due_deletions` of the settings holds. */
function heldReport(timestamp: string, before: object = {}) {
  const unchanged = change(before, {}, ["no-op"], before);
  const plan = parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: [unchanged], timestamp }));
  return reportOnPlan(plan, { messages: [], dueHeldBy: "due_deletions of the settings" });
}

function factsOf(found: ReturnType<typeof heldReport>): string {
  return stackDocument(found).facts.map(phraseText).join("\n");
}

test("where the operator holds them, the report says what holds them, who is held, and since when", () => {
  const found = heldReport("2026-12-12T00:00:00Z");
  expect(factsOf(found)).toContain(
    "The operator holds the deletion of 2 suspended users, whose day has come (due_deletions of the settings). The list below says since when.",
  );
  expect(found).toMatchObject({
    due_held_by: "due_deletions of the settings",
    overdue: [
      { id: "chidi", suspended_until: "2026-12-11T00:00:00Z" },
      { id: "dana", suspended_until: "2026-12-12T00:00:00Z" },
    ],
  });
});

test("the report says that the operator holds deletions only where somebody waits", () => {
  expect(factsOf(heldReport("2026-12-10T00:00:00Z"))).toBe(
    "The operator holds deletions that are due (due_deletions of the settings).\n2 users stay.",
  );
  const nobodyWaits = heldReport("2026-12-10T00:00:00Z", { suspended: {} });
  expect(nobodyWaits.due_held_by).toBeUndefined();
  expect(factsOf(nobodyWaits)).toBe("2 users stay.");
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
  // One of the two is deleted, or reactivated.
  expect(overdue("2026-12-12T00:00:00Z", DUE)).toBe(1);
  expect(overdue("2026-12-12T00:00:00Z", change({ users: { ...STAFF.users, chidi: "" } }))).toBe(1);
});
