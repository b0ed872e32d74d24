import { describe, expect, test } from "@jest/globals";
import { describeIds, type DirectoryFailure } from "../../../../src/users";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { describeDrift } from "../../../../src/users/messages/describe-drift";
import {
  describeKept,
  describeFailures,
  keptGroups,
  survivorGroups,
} from "../../../../src/users/messages/describe-leavers";
import { describePlan } from "../../../../src/users/messages/describe-plan";
import { OUTAGE, REFUSED } from "../../../support/users/failures";
import { person } from "../../../support/users/people";
import { deletion, notDeleted } from "../support/leavers";

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
    expect(told?.detail).toContain("They stay in the state");
    for (const words of ["s1@x", "Refused", "statusCode 422", "apiCode 1500", "request id r-1"]) {
      expect(told?.detail).toContain(words);
    }
  });

  test("with equal reasons are one group, of which 100 are named", () => {
    const survivors = Array.from({ length: 130 }, (_, index) => survivor(index + 1));
    const { detail = "" } = describeFailures("delete", survivors, 130) ?? {};
    expect(detail.split("\n").filter((line) => line.startsWith("  s"))).toHaveLength(100);
    expect(detail).toContain("and 30 more, listed in drift.survivors");
    expect(detail).toContain("request id r-99");
    expect(detail.match(/statusCode/gu)).toHaveLength(1);
  });

  describe("of one survivor is said", () => {
    const groupOf = (reason: string, failure?: DirectoryFailure): readonly string[] =>
      survivorGroups([{ id: "s@x", label: "", reason, failure }]);

    test("the reason alone, if no call failed", () => {
      expect(groupOf("Still there.")).toEqual(["Still there.\n  s@x"]);
    });

    test("the reason, then the message of the failure with its codes, and the request beside the id", () => {
      expect(groupOf("Failed.", REFUSED)).toEqual([
        "Failed. GenAuth refused. (statusCode 422, apiCode 1500)\n  s@x    (request id request-1)",
      ]);
    });

    test("the message alone, if the failure has no codes", () => {
      expect(groupOf("Failed.", OUTAGE)).toEqual(["Failed. GenAuth is not available.\n  s@x"]);
    });

    test("the reason alone, if it names the codes and the request", () => {
      const reason = "It answered 422, apiCode 1500 (request-1).";
      expect(groupOf(reason, { ...REFUSED, message: reason })).toEqual([`${reason}\n  s@x`]);
    });

    test("the codes of the failure, if the reason names others", () => {
      const [told] = groupOf("GenAuth refused. It answered 400, apiCode 7.", REFUSED);
      expect(told?.split("\n")[0]).toBe(
        "GenAuth refused. It answered 400, apiCode 7. (statusCode 422, apiCode 1500)",
      );
    });
  });

  test.each<{ difference: string; other: Partial<DirectoryFailure>; lists: number }>([
    { difference: "the status code", other: { statusCode: 500 }, lists: 2 },
    { difference: "GenAuth's code", other: { apiCode: 1 }, lists: 2 },
    { difference: "only the request", other: { requestId: "request-2" }, lists: 1 },
  ])("whose failures differ in $difference: $lists lists", ({ other, lists }) => {
    const own = { label: "", reason: "Failed.", failure: REFUSED };
    const survivors = [
      { ...own, id: "a@x" },
      { ...own, id: "b@x", failure: { ...REFUSED, ...other } },
    ];
    expect(survivorGroups(survivors)).toHaveLength(lists);
  });

  test("with ten reasons are all named, and with very many are shortened", () => {
    const ofReasons = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ id: `s${at}`, label: "", reason: `Reason ${at}` }));
    expect(survivorGroups(ofReasons(10))).toHaveLength(10);
    const { detail } = describeFailures("delete", ofReasons(40), 40) ?? {};
    expect(detail?.match(/Reason/gu)).toHaveLength(10);
    expect(detail).toContain("\n\nAnd 30 survivors for other reasons");
  });
});

test("users kept at an apply are counted and explained, without those who are gone or deleted", () => {
  const { summary, detail, ids } = describeKept([deletion(1), ...notDeleted]) ?? {};
  expect(summary).toBe("7 users left the set but not GenAuth");
  expect(ids).toEqual(["kept@x", "safe@x", "case@x", "re@x", "two@x", "old@x", "away@x"]);
  expect(describeKept([deletion(1)])).toBeUndefined();
  expect(detail).toContain("kept@x");
  expect(detail).not.toContain("gone@x");
  expect(detail).not.toContain("person1@example.com");
});

test("of kept users, each reason is one list, with what the reason is about", () => {
  const notes = keptGroups([...notDeleted]).map((text) => text.split("\n").slice(1));
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
    describeDrift({ gone: [evil], survivors, missing: [evil], leavers, labels: new Map([[evil, evil]]) }),
    describeIds([evil], new Map()),
  ].join("\n");
  expect(text).not.toContain("\u001b");
  expect(text.split("\n").filter((line) => line.startsWith("  ok@x"))).toEqual([]);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(400);
  const shown = (length: number) => describeIds(["a"], new Map([["a", "x".repeat(length)]]));
  expect(shown(80)).toBe(`  a  ${"x".repeat(80)}`);
  expect(shown(81)).toBe(`  a  ${"x".repeat(79)}…`);
});
