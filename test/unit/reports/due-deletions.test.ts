import { expect, test } from "@jest/globals";
import { stackDocument, reportOnPlan } from "../../../src/reports";
import { phraseText } from "../../../src/reports/plain-text";
import { attributeChange, planOf } from "../../support/reports/plan-json";

const WAITING = {
  suspend_days: 14,
  suspended: { chidi: "2026-12-11T00:00:00Z", dana: "2026-12-12T00:00:00Z" },
};

/** A change of a set for which two wait; these stay, if it says nothing else. */
function change(after: object, unknown: object = {}, before: object = {}) {
  return attributeChange({ ...WAITING, ...before }, { ...WAITING, ...after }, unknown);
}

/** The same set without a change. */
function unchanged(attributes: object = {}) {
  const { change: its, ...set } = change(attributes, {}, attributes);
  return { ...set, change: { ...its, actions: ["no-op"] } };
}

/** The plan deletes chidi, who is due; dana waits on. */
const DUE = change({ suspended: undefined }, { suspended: true, removals: { chidi: true } });

function report(...changes: readonly object[]) {
  return reportOnPlan(planOf(changes), { messages: [] });
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

test("of several deletions, the report says which are due, in a list of their own", () => {
  const found = report(
    change(
      { users: { ada: "Ada" }, suspended: undefined },
      { suspended: true, removals: { bo: true, chidi: true } },
    ),
  );
  expect(found.leavers.map(({ id, suspended_until }) => [id, suspended_until])).toEqual([
    ["bo", undefined],
    ["chidi", "2026-12-11T00:00:00Z"],
  ]);
  expect(
    stackDocument(found)
      .sections.slice(0, 2)
      .map(({ title }) => title),
  ).toEqual(["Permanently deleted (1)", "Permanently deleted, because their day has come (1)"]);
});

/** A plan that changes nothing, made at a time while `due_deletions` of the settings holds. */
function heldReport(timestamp: string, before: object = {}) {
  const plan = planOf([unchanged(before)], { timestamp });
  return reportOnPlan(plan, { messages: [], dueHeldBy: "due_deletions of the settings" });
}

function factsOf(found: ReturnType<typeof heldReport>): string {
  return stackDocument(found).facts.map(phraseText).join("\n");
}

test("where the operator holds them, the report says what holds them, who is held, and since when", () => {
  expect(heldReport("2026-12-12T00:00:00Z")).toMatchObject({
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
  const overdue = (timestamp: string | undefined, set: object) =>
    reportOnPlan(planOf([set], { timestamp })).totals.overdue;
  const held = unchanged();
  expect(overdue("2026-12-10T23:59:59Z", held)).toBe(0);
  expect(overdue("2026-12-11T00:00:00Z", held)).toBe(1);
  expect(overdue("2026-12-12T00:00:00Z", held)).toBe(2);
  expect(overdue(undefined, held)).toBe(0);
  // One of the two is deleted, or reactivated.
  expect(overdue("2026-12-12T00:00:00Z", DUE)).toBe(1);
  expect(overdue("2026-12-12T00:00:00Z", change({ users: { ada: "", bo: "", chidi: "" } }))).toBe(1);
});
