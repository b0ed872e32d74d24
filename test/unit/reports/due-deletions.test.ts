import { describe, expect, test } from "@jest/globals";
import { stackDocument, reportOnPlan } from "../../../src/reports";
import { phraseText } from "../../../src/reports/plain-text";
import { attributeChange, planOf } from "../../support/reports/plan-json";

const CHIDIS_DAY = "2026-12-11T00:00:00Z";
const DANAS_DAY = "2026-12-12T00:00:00Z";

/**
 * A set before a plan. It declares Ada and Bo. Chidi and Dana left it earlier, have been suspended since, and wait for their
 * deletion: from their day on, a plan deletes them.
 */
const SET = {
  users: { ada: "Ada Aydin", bo: "Bo Brandt" },
  suspend_days: 14,
  suspended: { chidi: CHIDIS_DAY, dana: DANAS_DAY },
};

/** A change of the set's attributes; of those in `unknown`, the plan does not say what they will be. */
function change(attributes: object, unknown: object = {}) {
  return attributeChange(SET, { ...SET, ...attributes }, unknown);
}

/** A change that deletes users. If it deletes one who waits, the plan does not say who waits after it. */
function deletion(ids: readonly string[], attributes: object = {}) {
  const removals = Object.fromEntries(ids.map((id) => [id, true]));
  return change({ ...attributes, suspended: undefined }, { suspended: true, removals });
}

/** No change of the set. */
function noChange(attributes: object = {}) {
  const set = attributeChange({ ...SET, ...attributes }, { ...SET, ...attributes });
  return { ...set, change: { ...set.change, actions: ["no-op"] } };
}

function report(changed: object, plannedAt?: string, dueHeldBy?: string) {
  return reportOnPlan(planOf([changed], { timestamp: plannedAt }), { messages: [], dueHeldBy });
}

test("a deletion that is due is counted as one, with the day until which the user was suspended", () => {
  expect(report(deletion(["chidi"]))).toMatchObject({
    verdict: "somebody_leaves",
    totals: { deleted: 1, due: 1, stay: 2 },
    leavers: [{ id: "chidi", fate: "deleted", suspended_until: CHIDIS_DAY }],
    sets: [{ due: 1 }],
  });
});

test("a deletion that is due is listed apart from that of Bo, who leaves now, without a suspension", () => {
  const found = report(deletion(["bo", "chidi"], { users: { ada: "Ada Aydin" }, suspend_days: 0 }));
  expect(found.leavers).toMatchObject([
    { id: "bo", fate: "deleted", suspended_until: undefined },
    { id: "chidi", fate: "deleted", suspended_until: CHIDIS_DAY },
  ]);
  const [first, second] = stackDocument(found).sections;
  expect(first?.title).toBe("Permanently deleted (1)");
  expect(second?.title).toBe("Permanently deleted, because their day has come (1)");
});

describe("while the operator holds deletions that are due, the report", () => {
  const held = (plannedAt: string, set = noChange()) => {
    const found = report(set, plannedAt, "due_deletions of the settings");
    return { found, sentences: stackDocument(found).facts.map(phraseText) };
  };

  test("says by what they are held, of whom, and since when", () => {
    const { found, sentences } = held(DANAS_DAY);
    expect(found).toMatchObject({
      due_held_by: "due_deletions of the settings",
      overdue: [
        { id: "chidi", suspended_until: CHIDIS_DAY },
        { id: "dana", suspended_until: DANAS_DAY },
      ],
    });
    expect(sentences).toEqual([
      "The operator holds the deletion of 2 suspended users, whose day has come (due_deletions of the settings). The list below says since when.",
      "2 users stay.",
    ]);
  });

  test("says so before anybody's day has come", () => {
    expect(held("2026-12-10T00:00:00Z").sentences).toEqual([
      "The operator holds deletions that are due (due_deletions of the settings).",
      "2 users stay.",
    ]);
  });

  test("does not say so if nobody waits", () => {
    const { found, sentences } = held("2026-12-10T00:00:00Z", noChange({ suspended: {} }));
    expect(found.due_held_by).toBeUndefined();
    expect(sentences).toEqual(["2 users stay."]);
  });
});

describe("ends_waiting, by which a pipeline asks for an approval,", () => {
  const endsWaiting = (changed: object) => report(changed).sets[0]?.ends_waiting;

  test("is false if everybody who waits goes on waiting, also for another day", () => {
    expect(endsWaiting(change({ max_deletions: 99 }))).toBe(false);
    const later = { chidi: "2027-01-11T00:00:00Z", dana: "2027-01-12T00:00:00Z" };
    expect(endsWaiting(change({ suspended: later }))).toBe(false);
  });

  test("is true if somebody waits no more, or if the plan does not say who waits after it", () => {
    expect(endsWaiting(change({ suspended: { chidi: CHIDIS_DAY } }))).toBe(true);
    expect(endsWaiting(change({ suspended: undefined }, { suspended: true }))).toBe(true);
  });
});

describe("users whose day has come, and whom the plan does not delete, are counted", () => {
  const overdue = (changed: object, plannedAt: string | undefined) =>
    report(changed, plannedAt).totals.overdue;

  test.each([
    { plannedAt: "2026-12-10T23:59:59Z", who: "nobody", count: 0 },
    { plannedAt: CHIDIS_DAY, who: "Chidi", count: 1 },
    { plannedAt: DANAS_DAY, who: "Chidi and Dana", count: 2 },
  ])("at $plannedAt: $who", ({ plannedAt, count }) => {
    expect(overdue(noChange(), plannedAt)).toBe(count);
  });

  test("as none, if the plan does not say when it was made", () => {
    expect(overdue(noChange(), undefined)).toBe(0);
  });

  test("without Chidi, if the plan deletes him", () => {
    expect(overdue(deletion(["chidi"]), DANAS_DAY)).toBe(1);
  });

  test("without Chidi, if he is declared again", () => {
    const users = { ...SET.users, chidi: "Chidi Chen" };
    expect(overdue(change({ users, suspended: undefined }, { suspended: true }), DANAS_DAY)).toBe(1);
  });
});
