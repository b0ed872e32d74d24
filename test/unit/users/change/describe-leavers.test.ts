import { describe, expect, test } from "@jest/globals";
import { describeIds, type DirectoryFailure, UserIdType } from "../../../../src/users";
import { type Leaver, noCall } from "../../../../src/users/change/fate";
import { driftOf, driftReport, missingOf } from "../../../../src/users/drift";
import {
  describeKept,
  describeFailures,
  keptGroups,
  survivorGroups,
} from "../../../../src/users/change/describe-leavers";
import { describePlan } from "../../../../src/users/plan-message/write";
import { OUTAGE, REFUSED } from "../../../support/users/failures";
import { people, person } from "../../../support/users/people";

const deletion = (number: number, label = `Person ${number}`): Leaver => ({
  id: `person${number}@example.com`,
  label,
  fate: { kind: "delete", userId: person(number).userId, name: `Person ${number}` },
});
const dueOn = (day: string, number: number): Leaver => {
  const leaver = deletion(number);
  const { userId } = person(number);
  const { id, label } = leaver;
  return {
    ...leaver,
    waiting: { id, label, userId, isOurs: true, isDue: true, deleteFrom: `${day}T00:00:00Z` },
  };
};
const others: Leaver[] = [
  { id: "gone@x", label: "Gone", fate: noCall({ kind: "gone" }) },
  { id: "kept@x", label: "Kept", fate: noCall({ kind: "retained" }) },
  { id: "safe@x", label: "", fate: noCall({ kind: "protected", type: UserIdType.PHONE, id: "+1" }) }, // oxfmt-ignore
  { id: "case@x", label: "", fate: noCall({ kind: "declared_as", id: "CASE@x" }) },
  {
    id: "re@x",
    label: "",
    fate: noCall({ kind: "rebound", boundTo: "u1", user: person(2) }),
  },
  { id: "two@x", label: "", fate: noCall({ kind: "several", users: people(3, 4) }) },
  { id: "old@x", label: "O", fate: noCall({ kind: "renamed", to: "new@x" }) },
  { id: "never@x", label: "", fate: noCall({ kind: "never_found" }) },
  { id: "away@x", label: "", fate: noCall({ kind: "moved", user: person(5) }) },
];

describe("the plan", () => {
  test.each([
    [1, "1 user will be permanently deleted from GenAuth in 1 call"],
    [50, "50 users will be permanently deleted from GenAuth in 1 call"],
    [53, "53 users will be permanently deleted from GenAuth in 2 calls"],
  ])("of %i deletions has a summary", (size, summary) => {
    const leavers = people(1, size).map((_, index) => deletion(index + 1));
    expect(describePlan({ leavers, kept: 3, isBinding: true }).summary).toBe(summary);
  });

  test.each<[string, readonly Leaver[], string]>([
    ["somebody who is kept", others.slice(2, 3), "1 user will leave the set but not GenAuth"],
    ["people who are kept", others.slice(2, 4), "2 users will leave the set but not GenAuth"],
    ["people who are kept or gone", others.slice(0, 3), "3 removed users not deleted"],
    ["somebody whom no look-up finds", others.slice(0, 1), "1 removed user not found in GenAuth"],
  ])("of %s does not read as a deletion, whether it suspends or not", (_whom, leavers, summary) => {
    const suspension = { days: 14, ifToday: undefined };
    expect(describePlan({ leavers, kept: 0, isBinding: true }).summary).toBe(summary);
    expect(describePlan({ leavers, kept: 0, isBinding: true, suspension }).summary).toBe(summary);
  });

  test("names the first 20 users, and the number of the others", () => {
    const leavers = people(1, 53).map((_, index) => deletion(index + 1));
    const lines = describePlan({ leavers, kept: 3, isBinding: true }).detail.split("\n");
    expect(lines.filter((line) => line.startsWith("  person"))).toHaveLength(20);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}and 33 more/));
  });

  test.each([
    ["Person 1", false],
    ["1, PERSON (Sales)", false],
    ["", false],
    ["Somebody Else", true],
  ])("flags the label %j if GenAuth calls the user Person 1: %s", (label, flagged) => {
    const { detail } = describePlan({ leavers: [deletion(1, label)], kept: 0, isBinding: true });
    expect(detail).toContain("in GenAuth: Person 1");
    expect(detail.includes("DISAGREE")).toBe(flagged);
  });

  test("names each removed user who is not deleted, with the reason", () => {
    const { detail } = describePlan({ leavers: [deletion(1), ...others], kept: 1, isBinding: true });
    for (const { id } of others) expect(detail).toContain(`  ${id}`);
    for (const words of [
      "Already gone",
      "Never found",
      "retained",
      "by phone +1",
      "still declared under another id",
      "as CASE@x",
      "bound to somebody else",
      "former one may still have an account",
      "was user u1",
      "several users",
      "rename",
      "to new@x",
      "its user still exists under another id",
    ]) {
      expect(detail).toContain(words);
    }
  });

  test("explains an engine's refusal, if the plan binds the apply, also of a plan that deletes everybody who leaves", () => {
    const explains = (leavers: readonly Leaver[], isBinding: boolean): boolean =>
      describePlan({ leavers, kept: 0, isBinding }).detail.includes(
        "Provider produced inconsistent final plan",
      );
    expect(explains([deletion(1), ...others], true)).toBe(true);
    expect(explains([deletion(1)], true)).toBe(true);
    expect(explains([deletion(1), ...others], false)).toBe(false);
  });

  test.each([
    ["never_seen", "never seen while it was declared"],
    ["not_planned", "the plan did not include them"],
  ] as const)("names users who stay in the set because the deletion was not reviewed: %s", (why, says) => {
    const leavers: Leaver[] = [{ id: "a@x", label: "A", fate: noCall({ kind: why }) }];
    const { summary, detail } = describePlan({ leavers, kept: 0, isBinding: true });
    expect(summary).toBe("1 removed user not deleted");
    expect(detail).toContain(says);
    expect(detail).not.toContain("removed from the set but not deleted");
  });

  test.each([
    ["one day", ["2026-12-01", "2026-12-01"], "Due since 2026-12-01: removed from the set earlier"],
    [
      "several days",
      ["2026-12-02", "2026-11-03"],
      "Due since 2026-11-03, the last since 2026-12-02: removed",
    ],
  ])("says once why users are due, of %s", (_title, days, says) => {
    const leavers = days.map((day, index): Leaver => dueOn(day, index + 1));
    const { detail } = describePlan({ leavers, kept: 0, isBinding: true, areDue: true });
    expect(detail.split("\n\n").filter((paragraph) => paragraph.startsWith(says))).toHaveLength(1);
    expect(describePlan({ leavers, kept: 0, isBinding: true }).detail).not.toContain("Due since");
  });

  test("names users who could not be looked up, with the reason", () => {
    const leaver: Leaver = {
      id: "a@x",
      label: "A",
      fate: noCall({ kind: "not_looked_up", failure: OUTAGE }),
    };
    const { summary, detail } = describePlan({ leavers: [leaver], kept: 0, isBinding: true });
    expect(summary).toBe("1 user could not be looked up and may be permanently deleted from GenAuth");
    expect(detail).toContain(OUTAGE.message);
    expect(describePlan({ leavers: [leaver, deletion(1)], kept: 0, isBinding: true }).summary).toContain(
      "; 1 more could not",
    );
  });
});

describe("survivors", () => {
  const survivor = (number: number) => ({
    id: `s${number}@x`,
    label: "",
    reason: `Refused (request id r-${number}).`,
    failure: { ...REFUSED, message: `Refused (request id r-${number}).`, requestId: `r-${number}` },
  });

  test("are counted, named and explained with the codes and the request id", () => {
    const told = describeFailures("delete", [survivor(1)], 9);
    expect(told?.summary).toBe("1 of 9 removed users not confirmed gone from GenAuth");
    for (const words of ["s1@x", "Refused", "statusCode 422", "apiCode 1500", "request id r-1"]) {
      expect(told?.detail).toContain(words);
    }
  });

  test("with equal reasons are one group, of which 100 are named", () => {
    const told = describeFailures("delete", people(1, 130).map((_, index) => survivor(index + 1)), 130); // oxfmt-ignore
    const { detail = "" } = told ?? {};
    expect(detail.split("\n").filter((line) => line.startsWith("  s"))).toHaveLength(100);
    expect(detail).toContain("and 30 more, listed in drift.survivors");
    expect(detail).toContain("request id r-99");
    expect(detail.match(/statusCode/gu)).toHaveLength(1);
  });

  test.each<[string, Partial<DirectoryFailure> | undefined, reason: string, text: RegExp]>([
    ["no failure", undefined, "Still there.", /^Still there\.\n {2}s@x$/],
    ["codes that the reason has not", REFUSED, "Failed.", /^Failed\. GenAuth refused\. \(statusCode 422, apiCode 1500\)\n {2}s@x {4}\(request id request-1\)$/], // oxfmt-ignore
    ["codes that the reason has", { ...REFUSED, message: "It answered 422, apiCode 1500 (request-1)." }, "It answered 422, apiCode 1500 (request-1).", /^It answered 422, apiCode 1500 \(request-1\)\.\n {2}s@x$/], // oxfmt-ignore
    ["codes, and the reason has others", REFUSED, "GenAuth refused. It answered 400, apiCode 7.", /^GenAuth refused\. It answered 400, apiCode 7\. \(statusCode 422, apiCode 1500\)\n/], // oxfmt-ignore
    ["no codes", OUTAGE, "Failed.", /^Failed\. GenAuth is not available\.\n {2}s@x$/],
  ])("say once what is known of %s", (_, failure, reason, text) => {
    const own = { id: "s@x", label: "", reason, ...(failure && { failure: { ...OUTAGE, ...failure } }) };
    expect(survivorGroups([own])).toEqual([expect.stringMatching(text)]);
  });

  test.each<[string, Partial<DirectoryFailure>, number]>([
    ["the status code", { statusCode: 500 }, 2],
    ["GenAuth's code", { apiCode: 1 }, 2],
    ["only the request", { requestId: "request-2" }, 1],
  ])("who differ in %s share a list only if the reason is one", (_, changes, groups) => {
    const own = { label: "", reason: "Failed.", failure: REFUSED };
    const survivors = [
      { ...own, id: "a@x" },
      { ...own, id: "b@x", failure: { ...REFUSED, ...changes } },
    ];
    expect(survivorGroups(survivors)).toHaveLength(groups);
  });

  test("are counted, and told what happens next", () => {
    const message = describeFailures("delete", [survivor(1), survivor(2)], 2);
    expect(message?.summary).toBe("2 of 2 removed users not confirmed gone from GenAuth");
    expect(message?.detail).toContain("They stay in the state");
  });

  test("with ten reasons are all named", () => {
    const ten = people(1, 10).map((_, index) => ({ id: `s${index}`, label: "", reason: `Reason ${index}` }));
    expect(survivorGroups(ten)).toHaveLength(10);
  });

  test("with very many reasons are shortened", () => {
    const many = people(1, 40).map((_, index) => ({ id: `s${index}`, label: "", reason: `Reason ${index}` }));
    const { detail } = describeFailures("delete", many, 40) ?? {};
    expect(detail?.match(/Reason/gu)).toHaveLength(10);
    expect(detail).toContain("\n\nAnd 30 survivors for other reasons");
  });
});

test("users kept at an apply are counted and explained, and no others", () => {
  const { summary, detail, ids } = describeKept([deletion(1), ...others]) ?? {};
  expect(summary).toBe("7 users left the set but not GenAuth");
  expect(ids).toHaveLength(7);
  expect(describeKept([deletion(1)])).toBeUndefined();
  expect(detail).toContain("kept@x");
  expect(detail).not.toContain("gone@x");
  expect(detail).not.toContain("person1@example.com");
});

test("of kept users, each reason is one list, with what the reason is about", () => {
  const notes = keptGroups([...others]).map((text) => text.split("\n").slice(1));
  expect(notes).toEqual([
    ["  kept@x  Kept"],
    ["  safe@x    (by phone +1)"],
    ["  case@x    (as CASE@x)"],
    [`  re@x    (was user u1, is user ${person(2).userId} now: Person 2)`],
    [`  two@x    (${person(3).userId}, ${person(4).userId})`],
    ["  old@x  O  (to new@x)"],
    [`  away@x    (user ${person(5).userId}: Person 5)`],
  ]);
});

test("ids, labels and names do not act on a terminal, and a long label does not hide the others", () => {
  const evil = "\u001b[2J\n  ok@x";
  const leavers: Leaver[] = [
    { id: evil, label: evil, fate: { kind: "delete", userId: person(1).userId, name: evil } },
    { id: evil, label: evil, fate: noCall({ kind: "renamed", to: evil }) },
    { id: "a", label: "x".repeat(10_000), fate: noCall({ kind: "gone" }) },
  ];
  const survivors = [{ id: evil, label: evil, reason: evil }];
  const text = [
    describePlan({ leavers, kept: 0, isBinding: true }).detail,
    describeFailures("delete", survivors, 1)?.detail,
    driftReport({ gone: [evil], survivors, missing: [evil], leavers, labels: new Map([[evil, evil]]) }),
    describeIds([evil], new Map()),
  ].join("\n");
  expect(text).not.toContain("\u001b");
  expect(text.split("\n").filter((line) => line.startsWith("  ok@x"))).toEqual([]);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(400);
});

describe("drift", () => {
  test("is sorted and contains each id once", () => {
    expect(driftOf(["b", "a", "b"], ["d", "c"], ["f", "e"])).toEqual({
      missing: ["a", "b"],
      survivors: ["c", "d"],
      locked_out: ["e", "f"],
    });
  });

  test("counts only ids that a look-up did not find as missing", () => {
    const resolutions = new Map([
      ["a", { kind: "absent" } as const],
      ["b", { kind: "undecided", failure: OUTAGE } as const],
      ["c", { kind: "found", userId: person(1).userId, user: person(1) } as const],
    ]);
    expect(missingOf(["d", "c", "b", "a"], resolutions)).toEqual(["a"]);
  });

  test("report lists gone users, survivors with reasons, missing users, and kept users with reasons", () => {
    const report = driftReport({
      gone: ["g@x"],
      survivors: [{ id: "s@x", label: "S", reason: "Still there." }],
      missing: ["m@x"],
      leavers: others,
      labels: new Map([["g@x", "Gee"]]),
    });
    for (const words of ["1 survivor, 1 missing", "g@x  Gee", "Still there.\n  s@x  S", "m@x", "  kept@x"]) {
      expect(report).toContain(words);
    }
    expect(driftReport({ gone: [], survivors: [], missing: [], leavers: [], labels: new Map() })).toBe(
      "No drift: the user pool is as declared.",
    );
  });
});
