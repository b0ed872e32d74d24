import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { describeNotOurs, describeWaiting } from "../../../../src/users/messages/describe-waiting";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import { describeFailures } from "../../../../src/users/messages/describe-leavers";
import type { Reason } from "../../../../src/users/reasons";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import type { Message } from "../../../../src/users/wording";
import { person } from "../../../support/users/people";

const withoutStatus: WaitingUser = {
  id: "a@x",
  label: "Ada",
  userId: person(1).userId,
  isOurs: true,
  deleteFrom: "2026-01-15T00:00:00Z",
  isDue: false,
};
const early: WaitingUser = { ...withoutStatus, status: "Suspended" };
const leaver = (fate: Fate, waiting = early): Leaver => ({ id: "a@x", label: "Ada", fate, waiting });
const reasonOf = (kind: "wait" | "uncertain" | "held" | "return_not_planned" | "released", more = {}) =>
  ({ kind, because: `Because of ${kind}.`, ...more }) as Reason;
const waits = (kind: Parameters<typeof reasonOf>[0], more = {}) => ({
  ...leaver(noCall(reasonOf(kind))),
  ...more,
});
const released = (more = {}) => leaver(noCall(reasonOf("released", more)));
const reactivated = leaver({ kind: "reactivate", user: person(1) });

const textOf = ({ summary, detail }: Message): string => `${summary}\n${detail}`;

describe("of somebody who waits, a reader is told", () => {
  const NOT_DELETED = "1 suspended user cannot be deleted yet";
  const RETURNS = "1 suspended user may be reactivated";
  const byPattern = { type: UserIdType.EMAIL, id: "*@x" };

  test.each<[Leaver, string, RegExp]>([
    [
      reactivated,
      "1 user will be reactivated",
      /^Apply reactivates these: .*\n {2}a@x {2}Ada {2}\(in GenAuth: Person 1\)$/,
    ],
    [
      leaver({ kind: "reactivate", user: person(1), protectedBy: byPattern }),
      "1 user will be reactivated whom protected_users names",
      /^Apply .*protected_users .*names them.*\(in GenAuth: Person 1, protected by email \*@x\)$/s,
    ],
    [released({ isGone: true }), "1 suspended user gone", /^Because of released\./],
    [
      released({ note: "status X" }),
      "1 suspended user will no longer be deleted later",
      /^Because .*\(status X\)$/s,
    ],
    [waits("uncertain"), NOT_DELETED, /^Because of uncertain\./],
    [waits("uncertain", { returns: true }), RETURNS, /^Because of uncertain\./],
    [
      waits("return_not_planned", { returns: true }),
      RETURNS,
      /^Declared again or protected, but not reactivated: the plan/,
    ],
    [waits("held"), NOT_DELETED, /^Due, but not deleted: Because of held\.\n/],
  ])("case %#", (one, summary, detail) => {
    const message = describeWaiting([one]);
    expect(message).toMatchObject({ summary, detail: expect.stringMatching(detail), ids: ["a@x"] });
  });

  test.each<[string, Leaver]>([
    ["that the user waits on", leaver(noCall({ kind: "wait" }))],
    ["a deletion, which others tell", leaver({ kind: "delete", userId: early.userId })],
  ])("not %s", (_, one) => {
    expect(describeWaiting([one])).toBeUndefined();
  });

  test("of a refused change, what it would have done", () => {
    const message = describeWaiting([reactivated, released()], true);
    expect(message?.summary).toBe(
      "1 user would be reactivated, 1 suspended user would no longer be deleted later",
    );
    expect(message?.detail).toMatch(
      /^Nobody is reactivated\. If it were allowed, apply would reactivate these: /,
    );
  });

  test("how many there are of each kind, and all who share a reason in one list", () => {
    const two = (one: Leaver): Leaver[] => [one, { ...one, id: "b@x" }];
    const message = describeWaiting([
      ...two(waits("uncertain")),
      ...two(waits("return_not_planned", { returns: true })),
      ...two(released({ isGone: true, because: "Gone." })),
      ...two(released()),
      leaver(noCall({ kind: "wait" })),
      ...two(reactivated),
    ]);
    expect(message?.summary).toBe(
      "2 users will be reactivated, 2 suspended users may be reactivated, 2 suspended users will no longer be deleted later, " +
        "2 suspended users gone, 2 suspended users cannot be deleted yet",
    );
    const lists = message?.detail.split("\n\n").map((text) => text.split("\n").slice(1));
    expect(lists?.map((lines) => lines.length)).toEqual([2, 2, 2, 2, 2]);
    expect(message?.ids).toHaveLength(10);
  });
});

test.each<[Parameters<typeof describeFailures>[0], RegExp]>([
  ["suspend", /^2 of 3 removed users not suspended\n.*\n\nNobody is deleted instead\. They stay /s],
  ["delete_due", /^2 suspended users due, and not confirmed gone .*\n\nThey stay in suspended\. /s],
  ["reactivate", /^2 users still suspended\n.*\n\nThey are declared again or protected/s],
])("what failed to %s is told with the reason", (kind, says) => {
  const survivors = ["a@x", "b@x"].map((id) => ({ id, label: "L", reason: "GenAuth refused." }));
  const told = describeFailures(kind, survivors, 3);
  expect(told).toMatchObject({ isError: true, ids: ["a@x", "b@x"] });
  const text = told && textOf(told);
  expect(text).toMatch(says);
  expect(text).toContain("\nGenAuth refused.\n  a@x  L\n  b@x  L\n");
});

test("who waits although the set did not certainly suspend them", () => {
  expect(describeNotOurs([])).toBeUndefined();
  const one = describeNotOurs([early]);
  expect(one && textOf(one)).toMatch(
    /^1 user left, to be deleted later, .*\n {2}a@x {2}Ada {2}\(status Suspended\)$/s,
  );
  const two = describeNotOurs([early, { ...withoutStatus, id: "b@x" }]);
  expect(two && textOf(two)).toMatch(
    /^2 users left, to be deleted later, .*\n {2}b@x {2}Ada {2}\(status not shown\)$/s,
  );
  expect(two?.ids).toEqual(["a@x", "b@x"]);
});
