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
import { people, person } from "../../../support/users/people";
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
    ["codes, and the reason has notDeleted", REFUSED, "GenAuth refused. It answered 400, apiCode 7.", /^GenAuth refused\. It answered 400, apiCode 7\. \(statusCode 422, apiCode 1500\)\n/], // oxfmt-ignore
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

test("users kept at an apply are counted and explained, and no notDeleted", () => {
  const { summary, detail, ids } = describeKept([deletion(1), ...notDeleted]) ?? {};
  expect(summary).toBe("7 users left the set but not GenAuth");
  expect(ids).toHaveLength(7);
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

test("ids, labels and names do not act on a terminal, and a long label does not hide the notDeleted", () => {
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
});
