import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { describeNotOurs, describeWaiting } from "../../../../src/users/change/describe-waiting";
import { type Fate, type Leaver, noCall } from "../../../../src/users/change/fate";
import { describeFailures } from "../../../../src/users/change/messages";
import type { Reason } from "../../../../src/users/change/reasons";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import type { Message } from "../../../../src/users/wording";
import { OUTAGE } from "../../../support/users/failures";
import { person } from "../../../support/users/people";

const withoutStatus: WaitingUser = {
  id: "a@x",
  label: "Ada",
  userId: person(1).userId,
  isOurs: true,
  deleteFrom: "2026-01-15T00:00:00Z",
  days: 14,
  isDue: false,
};
const early: WaitingUser = { ...withoutStatus, status: "Suspended" };
const leaver = (fate: Fate, waiting = early): Leaver => ({ id: "a@x", label: "Ada", fate, waiting });
/** What the reasons below are told with. */
const PARTS = { failure: OUTAGE, because: "Held.", status: "Suspended", isSame: false, type: UserIdType.PHONE, id: "+1", user: person(2) }; // oxfmt-ignore
const reasonOf = (kind: Reason["kind"], parts: object = {}) => ({ ...PARTS, kind, ...parts }) as Reason;
const waits = (kind: Reason["kind"], isDue = false) => leaver(noCall(reasonOf(kind)), { ...early, isDue });
const reactivated = leaver({ kind: "reactivate", user: person(1) });

const textOf = ({ summary, detail }: Message): string => `${summary}\n${detail}`;

describe("of somebody who waits, a reader is told", () => {
  const NOT_DELETED = "1 suspended user cannot be deleted yet";
  const STAYS = "1 suspended user cannot be reactivated yet";
  const PERHAPS_OURS = "1 user suspended, perhaps by this set, and not reactivated";
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
    [leaver(noCall({ kind: "release_gone" })), "1 suspended user gone", /^Gone: /],
    [waits("wait_hidden"), NOT_DELETED, /^Not shown: .*retained_user_ids/],
    [waits("return_hidden"), STAYS, /^Not shown, though declared again or protected(?!.*retained_user_ids)/],
    [waits("wait_not_looked_up", true), NOT_DELETED, /^Due, but not deleted: .*GenAuth is not available\./],
    [
      waits("return_not_looked_up"),
      "1 suspended user may be reactivated",
      /^Declared again or protected, and not looked up: .*not available\. An apply looks them up again/,
    ],
    [waits("wait_no_status"), NOT_DELETED, /^Neither deleted nor reactivated/],
    [waits("return_unproven"), PERHAPS_OURS, /^Declared or protected, and not .*\(status Suspended\)$/s],
    [
      waits("return_unconfirmed"),
      "1 user may have been suspended by an earlier apply",
      /^Declared again or protected, and shown as active/,
    ],
    [waits("return_not_planned"), STAYS, /^Declared again or protected, but not reactivated: the plan/],
    [waits("wait_passed_over", true), NOT_DELETED, /^Due, but not deleted: Held\.\n/],
  ])("case %#", (one, summary, detail) => {
    const message = describeWaiting([one]);
    expect(message).toMatchObject({ summary, detail: expect.stringMatching(detail), ids: ["a@x"] });
  });

  test.each<[string, Reason, RegExp]>([
    ["retained", reasonOf("release_retained"), /in retained_user_ids.*a@x {2}Ada$/s],
    ["protected", reasonOf("release_protected"), /is protected.*\(by phone \+1\)$/s],
    ["not ours", reasonOf("release_not_ours"), /Declared again or protected, but not reactivated by this set, .*no other set.*\(status Suspended\)$/s], // oxfmt-ignore
    ["a new account", reasonOf("release_new_account"), /for another account/],
    ["changed, and declared again", reasonOf("release_return_changed"), /Declared again or protected, and not changed, .*has changed their status.*\(status Suspended\)$/s], // oxfmt-ignore
    [
      "changed",
      reasonOf("release_status_changed"),
      /because somebody has changed .* They keep their account/,
    ],
    ["of another time", reasonOf("release_status_changed", { isSame: true }), /because GenAuth no longer shows the same time/], // oxfmt-ignore
    ["of no status", reasonOf("release_return_changed", { status: "" }), /Declared again or protected, and not changed, .*a@x {2}Ada$/s], // oxfmt-ignore
    ["another id", reasonOf("release_id_changed"), /somebody else now.*\(now user a0+2: Person 2\)$/s],
    ["lost", reasonOf("release_lost"), /private data is missing/],
  ])("a release: %s", (_, reason, expected) => {
    const message = describeWaiting([leaver(noCall(reason))]);
    expect(message && textOf(message)).toMatch(expected);
    expect(message?.summary).toBe("1 suspended user will no longer be deleted later");
  });

  test.each<[string, Leaver]>([
    ["that the user waits on", leaver(noCall({ kind: "wait" }))],
    ["a failed look-up before the day", waits("wait_not_looked_up")],
    ["a limit before the day", waits("wait_passed_over")],
    ["a deletion, which others tell", leaver({ kind: "delete", userId: early.userId })],
  ])("not %s", (_, one) => {
    expect(describeWaiting([one])).toBeUndefined();
  });

  test("of a refused change, what it would have done", () => {
    const message = describeWaiting([reactivated, waits("release_lost")], true);
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
      ...two(waits("wait_hidden")),
      ...two(waits("return_unconfirmed")),
      ...two(waits("return_unproven")),
      ...two(waits("return_not_planned")),
      ...two(leaver(noCall({ kind: "release_gone" }))),
      ...two(waits("release_lost")),
      leaver(noCall({ kind: "wait" })),
      ...two(reactivated),
    ]);
    expect(message?.summary).toBe(
      "2 users will be reactivated, 2 suspended users cannot be reactivated yet, 2 users suspended, perhaps by this set, and not reactivated, " +
        "2 users may have been suspended by an earlier apply, 2 suspended users will no longer be deleted later, " +
        "2 suspended users gone, 2 suspended users cannot be deleted yet",
    );
    const lists = message?.detail.split("\n\n").map((text) => text.split("\n").slice(1));
    expect(lists?.map((lines) => lines.length)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(message?.ids).toHaveLength(14);
  });
});

test.each<[Parameters<typeof describeFailures>[0], RegExp]>([
  ["suspend", /^2 of 3 removed users not suspended\n.*\n\nNobody is deleted instead\. They stay /s],
  ["delete_due", /^2 suspended users due, and not confirmed gone .*\n\nThey stay in suspended\. /s],
  ["reactivate", /^2 users still suspended\n.*\n\nThey are declared again or protected/s],
  ["harm", /^The reactivation of 2 users also .*\n\nThey are active/s],
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
