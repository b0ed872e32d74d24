import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { printable } from "../../../../src/text";
import { describeIds, readPlanMessage, type StatedRemoval, UserIdType } from "../../../../src/users";
import { type Fate, type Leaver, noCall, reasonOf } from "../../../../src/users/fate";
import {
  DELETION_WORDS,
  describePlan,
  PROTECTED_UNKNOWN,
} from "../../../../src/users/messages/describe-plan";
import type { StatedOutcome } from "../../../../src/users/messages/read-plan";
import { OUTAGE } from "../../../support/users/failures";
import { person, unlabelled } from "../../../support/users/people";
import { waitingUser } from "../../../support/users/waiting";

const deletion = (id: string, label: string, name?: string): Leaver => ({
  id,
  label,
  fate: { kind: "delete", userId: person(1).userId, ...(name !== undefined && { name }) },
});

function read(removals: readonly Leaver[], isRefused = false) {
  const message = describePlan({ leavers: removals, kept: 3, isBinding: true }, isRefused);
  return readPlanMessage(message, new Map(removals.map(({ id, label }) => [id, label])));
}

function labelsOf(removals: readonly Leaver[], known: (label: string) => string | undefined) {
  return new Map(removals.map(({ id, label }) => [id, known(label)]));
}

/** Every fate that a plan can give, with what its message says of it beside the fate. A fate without an entry does not compile. */
const FATES: Readonly<
  Record<StatedOutcome, { readonly fate: Fate } & Partial<Omit<StatedRemoval, "outcome">>>
> = {
  delete: { fate: { kind: "delete", userId: person(1).userId, name: "Label" }, name: "Label" },
  not_looked_up: { fate: noCall({ kind: "not_looked_up", failure: OUTAGE }) },
  gone: { fate: noCall({ kind: "gone" }) },
  never_found: { fate: noCall({ kind: "never_found" }) },
  retained: { fate: noCall({ kind: "retained" }) },
  protected: { fate: noCall({ kind: "protected", type: UserIdType.PHONE, id: "+1" }), note: "by phone +1" },
  declared_as: { fate: noCall({ kind: "declared_as", id: "b@x" }), note: "as b@x" },
  rebound: {
    fate: noCall({ kind: "rebound", boundTo: "u1", user: person(2) }),
    note: `was user u1, is user ${person(2).userId} now: ${person(2).name ?? ""}`,
  },
  several: {
    fate: noCall({ kind: "several", users: [person(1), person(2)] }),
    note: `${person(1).userId}, ${person(2).userId}`,
  },
  renamed: { fate: noCall({ kind: "renamed", to: "b@x" }), note: "to b@x" },
  moved: {
    fate: noCall({ kind: "moved", user: person(2) }),
    note: `user ${person(2).userId}: ${person(2).name ?? ""}`,
  },
  never_seen: { fate: noCall({ kind: "never_seen" }) },
  not_planned: { fate: noCall({ kind: "not_planned" }) },
};

describe.each([
  { title: "deletes at once", suspension: undefined },
  { title: "suspends first", suspension: { days: 3, ifToday: "2026-12-01" } },
])("the message of a set that $title", ({ suspension }) => {
  const fates = Object.entries(FATES) as [StatedOutcome, (typeof FATES)[StatedOutcome]][];
  const removals = fates.map(([stated, { fate }]): Leaver => ({ id: `${stated}@x`, label: "Label", fate }));
  const labels = new Map(removals.map(({ id, label }) => [id, label]));
  const write = (its: readonly Leaver[]) =>
    describePlan({ leavers: its, kept: 3, isBinding: true, suspension });

  test.each(fates)("is read as it was written: %s", (outcome, { fate, ...says }) => {
    const isRevoked = outcome === "delete" || outcome === "not_looked_up";
    const suspends = suspension !== undefined && isRevoked;
    const stated = {
      outcome,
      isRevoked,
      disagrees: false,
      note: "",
      ...says,
      ...(suspends && { suspends: true }),
    };
    const alone: Leaver = { id: `${outcome}@x`, label: "Label", fate };
    for (const change of [[alone], removals]) {
      expect(readPlanMessage(write(change), labels).removals.get(alone.id)).toEqual(stated);
    }
    expect(readPlanMessage(write([alone])).mayBeKept).toBe(outcome === "not_looked_up");
  });

  test("says that somebody may be kept, even if only one of many could not be looked up", () => {
    expect(readPlanMessage(write(removals)).mayBeKept).toBe(true);
    const decided = removals.filter((leaver) => reasonOf(leaver)?.kind !== "not_looked_up");
    expect(readPlanMessage(write(decided)).mayBeKept).toBe(false);
  });
});

describe("of those who leave a set that suspends, nobody is suspended who is not active", () => {
  const suspension = { days: 3, ifToday: "2026-12-01" };
  const planOf = (leavers: readonly Leaver[]) =>
    describePlan({ leavers, kept: 3, isBinding: true, suspension });
  const leaves = (number: number, isInactive: boolean): Leaver => ({
    id: `${number}@x`,
    label: "",
    fate: { kind: "suspend", userId: person(number).userId, isInactive },
  });

  test.each([
    {
      who: "an active user",
      leavers: [leaves(1, false)],
      summary: /^1 user will be suspended, and deleted 3 days later/,
    },
    {
      who: "an inactive user",
      leavers: [leaves(1, true)],
      summary: /^1 inactive user will be deleted 3 days later \(2026-12-01 if applied today\)$/,
    },
    {
      who: "an active and two inactive users",
      leavers: [leaves(1, false), leaves(2, true), leaves(3, true)],
      summary:
        /^1 user will be suspended, and deleted 3 days later .*; 2 inactive users will be deleted 3 days later/,
    },
  ])("the summary counts $who", ({ leavers, summary }) => {
    expect(planOf(leavers).summary).toMatch(summary);
  });

  test("only active users are in the list of those whom apply suspends", () => {
    const { detail } = planOf([leaves(1, false), leaves(2, true), leaves(3, true)]);
    const suspended = detail.split("\n\n").find((text) => text.startsWith("Apply suspends"));
    expect(suspended?.split("\n").filter((line) => line.startsWith("  "))).toEqual(["  1@x"]);
  });

  test("both are read back as users whom the plan does not delete at once", () => {
    const leavers = [leaves(1, false), leaves(2, true)];
    const { removals, rest } = readPlanMessage(planOf(leavers), unlabelled(["1@x", "2@x"]));
    expect([...removals]).toEqual([
      ["1@x", expect.objectContaining({ suspends: true })],
      ["2@x", expect.objectContaining({ suspends: true })],
    ]);
    expect(rest).toBe("");
  });
});

test("users who may turn out to be protected may be kept", () => {
  expect(readPlanMessage({ summary: PROTECTED_UNKNOWN, detail: "" }).mayBeKept).toBe(true);
});

test("an id, label or name that repeats these words does not make anybody one who may be kept", () => {
  const leavers: Leaver[] = [{ id: "a", label: "", fate: FATES.not_looked_up.fate }];
  const { detail } = describePlan({ leavers, kept: 0, isBinding: true });
  const forged = deletion("a\n\nb", detail, PROTECTED_UNKNOWN);
  const message = describePlan({ leavers: [forged], kept: 0, isBinding: true });
  expect(readPlanMessage(message).mayBeKept).toBe(false);
});

describe("the detail of a plan's message", () => {
  test("says nothing else if it also says why these users are due", () => {
    const due = deletion("ada@x", "Ada", "Ada Aydin");
    const waiting = waitingUser(person(1), { isDue: true, deleteFrom: "2026-12-01T00:00:00Z" });
    const message = describePlan({ leavers: [{ ...due, waiting }], kept: 3, isBinding: true, areDue: true });
    expect(message.detail).toContain("Due since 2026-12-01");
    const { removals, rest } = readPlanMessage(message, new Map([["ada@x", "Ada"]]));
    expect(removals.get("ada@x")).toMatchObject({ outcome: "delete", name: "Ada Aydin" });
    expect(rest).toBe("");
  });

  test("keeps no heading of a list whose users it names", () => {
    const off: Leaver = { id: "off@x", label: "", fate: noCall({ kind: "not_looked_up", failure: OUTAGE }) };
    const kept: Leaver = { id: "kept@x", label: "", fate: noCall({ kind: "retained" }) };
    const { rest, unnamed } = read([off, kept]);
    expect(unnamed.size).toBe(0);
    expect(rest).toContain(OUTAGE.message);
    expect(rest).not.toContain("removed from the set but not deleted");
  });

  test("is all rest if it is of another message", () => {
    const detail = `Somebody has to look at these:\n${describeIds(["ada@x"])}`;
    const { removals, rest } = readPlanMessage({ summary: "", detail }, unlabelled(["ada@x"]));
    expect(removals.size).toBe(0);
    expect(rest).toBe(detail);
  });

  test("keeps the whole list of those who are deleted if it names somebody unknown, without the heading of a list that is read", () => {
    const kept: Leaver = { id: "kept@x", label: "", fate: noCall({ kind: "retained" }) };
    const all = [deletion("ada@x", ""), deletion("eve@x", ""), kept];
    const message = describePlan({ leavers: all, kept: 3, isBinding: true });
    const { removals, rest } = readPlanMessage(message, unlabelled(["ada@x", "kept@x"]));
    expect([...removals.keys()]).toEqual(["ada@x", "kept@x"]);
    expect(rest).toContain(`${DELETION_WORDS.certain}\n  ada@x\n  eve@x`);
    expect(rest).not.toContain(DELETION_WORDS.leaving);
  });

  test("names the user pool, if it is known", () => {
    const poolIn = (pool?: string) =>
      readPlanMessage(describePlan({ leavers: [deletion("ada@x", "")], kept: 3, isBinding: true, pool }))
        .pool;
    expect(poolIn("https://pool.example.com")).toBe("https://pool.example.com");
    expect(poolIn()).toBeUndefined();
  });

  test("keeps the count of a cut list, unless all of them are deleted", () => {
    const kept = Array.from({ length: 30 }, (_, index): Leaver => {
      return { id: `k${index}`, label: "", fate: noCall({ kind: "retained" }) };
    });
    const { removals, unnamed, rest } = read(kept);
    expect(removals.size).toBe(20);
    expect(unnamed).toEqual(new Map([["retained", 10]]));
    expect(rest).toContain("and 10 more");
    expect(rest).toContain(DELETION_WORDS.leaving);
    const many = Array.from({ length: 30 }, (_, index) => deletion(`d${index}`, "Label"));
    expect(read(many)).toMatchObject({ rest: "", unnamed: new Map([["delete", 10]]) });
  });

  test("counts those whom two cut lists do not name", () => {
    const leaves = (at: number): Leaver => ({
      id: `${at}@x`,
      label: "",
      fate: { kind: "suspend", userId: person(at).userId, isInactive: at % 2 === 0 },
    });
    const leavers = Array.from({ length: 46 }, (_, at) => leaves(at));
    const suspension = { days: 3, ifToday: undefined };
    const message = describePlan({ leavers, kept: 3, isBinding: true, suspension });
    const { unnamed } = readPlanMessage(message, unlabelled(leavers.map(({ id }) => id)));
    expect(unnamed).toEqual(new Map([["delete", 6]]));
  });

  test("names everyone whose label and name disagree, and of a refused change the first 20", () => {
    const many = Array.from({ length: 90 }, (_, index) => deletion(`d${index}`, "Label", "Label"));
    const wrong = Array.from({ length: 30 }, (_, index) => deletion(`w${index}`, "Label", "Another"));
    const { removals } = read([...many, ...wrong]);
    expect([...removals].filter(([, { disagrees }]) => disagrees)).toHaveLength(30);
    const refused = read([...many, ...wrong], true);
    expect(refused.removals.size).toBe(20);
    expect(refused.unnamed).toEqual(new Map([["delete", 100]]));
  });

  test("does not say of a refused change that it comes", () => {
    const message = describePlan({ leavers: [deletion("ada@x", "Ada")], kept: 3, isBinding: true }, true);
    expect(message.summary).toBe("Refused: 1 user would be permanently deleted from GenAuth in 1 call");
    expect(message.detail).not.toMatch(/Apply |will be/);
  });

  test("says the labels that nothing else holds, and the names beside them", () => {
    const removals = [
      deletion("ada@x", "Ada", "Ada Aydin"),
      deletion("longer.id@x", "Bo  (in GenAuth: Bo)", "Robert Miller"),
      deletion("c@x", "", "Cy"),
      deletion("d@x", " (in GenAuth: Dee) "),
      deletion("e@x", ""),
    ];
    const message = describePlan({ leavers: removals, kept: 3, isBinding: true });
    const { removals: stated, rest } = readPlanMessage(
      message,
      labelsOf(removals, () => undefined),
    );
    const said = { outcome: "delete", isRevoked: true, note: "" };
    expect(Object.fromEntries(stated)).toEqual({
      "ada@x": { ...said, label: "Ada", name: "Ada Aydin", disagrees: false },
      "longer.id@x": { ...said, label: "Bo (in GenAuth: Bo)", name: "Robert Miller", disagrees: true },
      "c@x": { ...said, label: "", name: "Cy", disagrees: false },
      "d@x": { ...said, label: "(in GenAuth: Dee)", disagrees: false },
      "e@x": { ...said, label: "", disagrees: false },
    });
    expect(rest).toBe("");
    const { removals: labelled } = readPlanMessage(
      message,
      labelsOf(removals, (label) => label),
    );
    expect(labelled.get("c@x")).toMatchObject({ name: "Cy" });
  });

  /** The ids that are read in the plan of these deletions, if the message alone holds the labels. */
  const readWithoutLabels = (leavers: readonly Leaver[], ids = leavers.map(({ id }) => id)) => {
    const labels = new Map(ids.map((id) => [id, undefined]));
    return [...readPlanMessage(describePlan({ leavers, kept: 3, isBinding: true }), labels).removals.keys()];
  };

  test.each(["a b", "a  b (x)", "a  b  c", "a  b  c (x)", "a  b  (c) x"])(
    "tells the user %j from the user a, whose label is b",
    (id) => {
      expect([...read([deletion("a", "b"), deletion(id, "")]).removals.keys()]).toEqual(["a", id]);
    },
  );

  test("says nothing of a line that may be about two users", () => {
    const labels = new Map([
      ["a", "b"],
      ["a  b", ""],
    ]);
    const message = describePlan({ leavers: [deletion("a  b", "")], kept: 3, isBinding: true });
    const { removals, rest } = readPlanMessage(message, labels);
    expect(removals.size).toBe(0);
    expect(rest).toContain("  a  b");
  });

  test("says nothing of a line without a known label, unless the columns of its list are certain", () => {
    expect(readWithoutLabels([deletion("a", "b"), deletion("a b", "")])).toEqual(["a", "a b"]);
    expect(readWithoutLabels([deletion("a", "(in GenAuth: Eve)"), deletion("a  b", "")])).toEqual([]);
    expect(readWithoutLabels([deletion("a  b  c", "")], ["a"])).toEqual([]);
  });

  /** A label as a message shows it: in one line, of 80 characters at most. */
  const shownLabel = (label: string): string => {
    const line = printable(label).replaceAll(/ {2,}/g, " ").trim();
    return line.length > 80 ? `${line.slice(0, 79)}…` : line;
  };

  test("is not misread, whatever the ids, labels and names are", () => {
    const text = fc
      .array(
        fc.constantFrom("a", "b", "  ", " ", "(", ")", "in GenAuth: ", "; LABEL AND NAME DISAGREE", "\n"),
      )
      .map((parts) => parts.join(""));
    const user = fc.record({ id: text.map((id) => `x${id.trim()}`), label: text, name: text });
    const users = fc.uniqueArray(user, { selector: ({ id }) => id, maxLength: 4 });
    fc.assert(
      fc.property(users, fc.boolean(), (given, hasLabels) => {
        const all = given.map(({ id, label, name }) => deletion(id, label, name));
        const message = describePlan({ leavers: all, kept: 3, isBinding: true });
        const { removals } = readPlanMessage(
          message,
          labelsOf(all, (label) => (hasLabels ? label : undefined)),
        );
        for (const [id, stated] of removals) {
          const its = given.find((one) => one.id === id);
          expect([stated.outcome, its !== undefined]).toEqual(["delete", true]);
          if (hasLabels) continue;
          expect(stated.label).toBe(shownLabel(its?.label ?? ""));
          if (!its?.name.endsWith("DISAGREE")) expect(stated.name ?? "").toBe(printable(its?.name ?? ""));
        }
      }),
    );
  });
});
