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
const leaver = (fate: Fate, waiting: WaitingUser = early): Leaver => ({
  id: "a@x",
  label: "Ada",
  fate,
  waiting,
});
const waits = (reason: Reason, isDue = false) => leaver(noCall(reason), { ...early, isDue });
const changed = (status: string, isSame: boolean): Reason => ({
  kind: "release_status_changed",
  status,
  isSame,
});
const failure = OUTAGE;

const textOf = ({ summary, detail }: Message): string => `${summary}\n${detail}`;

describe("of somebody who waits, a reader is told", () => {
  test.each<[string, Leaver, RegExp]>([
    [
      "a reactivation",
      leaver({ kind: "reactivate", user: person(1) }),
      /^1 user will be reactivated\nApply reactivates these: .*\n {2}a@x {2}Ada {2}\(in GenAuth: Person 1\)$/,
    ],
    [
      "a reactivation that only protected_users brings about",
      leaver({ kind: "reactivate", user: person(1), protectedBy: { type: UserIdType.EMAIL, id: "*@x" } }),
      /^1 user will be reactivated whom protected_users names\nApply .*protected_users .*names them.*\(in GenAuth: Person 1, protected by email \*@x\)$/s,
    ],
    ["that the user is gone", leaver(noCall({ kind: "release_gone" })), /^1 suspended user gone\nGone: /],
    [
      "that nobody shows the user",
      waits({ kind: "wait_hidden" }),
      /^1 suspended user cannot be deleted yet\nNot shown: .*retained_user_ids/,
    ],
    [
      "the same of one who is declared again",
      waits({ kind: "return_hidden" }),
      /^1 suspended user cannot be reactivated yet\nNot shown, though declared again or protected(?!.*retained_user_ids)/,
    ],
    [
      "that the look-up of one who is due failed",
      waits({ kind: "wait_not_looked_up", failure }, true),
      /^1 suspended user cannot be deleted yet\nDue, but not deleted: .*GenAuth is not available\./,
    ],
    [
      "that the look-up of one who is declared again failed",
      waits({ kind: "return_not_looked_up", failure }),
      /^1 suspended user may be reactivated\nDeclared again or protected, and not looked up: .*not available\. An apply looks them up again/,
    ],
    [
      "that there is no status",
      waits({ kind: "wait_no_status" }),
      /^1 suspended .* be deleted yet\nNeither deleted nor reactivated/,
    ],
    [
      "that a declared user suspended, perhaps by the set",
      waits({ kind: "return_unproven", status: "Suspended" }),
      /^1 user suspended, perhaps by this set, and not reactivated\nDeclared or protected, and not .*\(status Suspended\)$/s,
    ],
    [
      "that an earlier apply may have suspended a declared user",
      waits({ kind: "return_unconfirmed" }),
      /^1 user may have been suspended by an earlier apply\nDeclared again or protected, and shown as active/,
    ],
    [
      "that the plan does not reactivate",
      waits({ kind: "return_not_planned" }),
      /^1 suspended user cannot be reactivated yet\nDeclared again or protected, but not reactivated: the plan/,
    ],
    [
      "why one who is due is not deleted",
      waits({ kind: "wait_passed_over", because: "Held." }, true),
      /^1 suspended user cannot be deleted yet\nDue, but not deleted: Held\.\n/,
    ],
  ])("%s", (_, one, expected) => {
    const message = describeWaiting([one]);
    expect(message && textOf(message)).toMatch(expected);
    expect(message?.ids).toEqual(["a@x"]);
  });

  test.each<[Reason, RegExp]>([
    [{ kind: "release_retained" }, /in retained_user_ids.*a@x {2}Ada$/s],
    [{ kind: "release_protected", type: UserIdType.PHONE, id: "+1" }, /is protected.*\(by phone \+1\)$/s],
    [
      { kind: "release_not_ours", status: "Suspended" },
      /Declared again or protected, but not reactivated by this set, .*no other set.*\(status Suspended\)$/s,
    ],
    [{ kind: "release_new_account" }, /for another account/],
    [{ ...changed("Deactivated", false), kind: "release_return_changed" } as Reason, /Declared again or protected, and not changed, .*has changed their status.*\(status Deactivated\)$/s], // oxfmt-ignore
    [changed("Deactivated", false), /Released because somebody has changed .* They keep their account/],
    [changed("Suspended", true), /Released because GenAuth no longer shows the same time/],
    [
      { ...changed("", false), kind: "release_return_changed" } as Reason,
      /Declared again or protected, and not changed, .*a@x {2}Ada$/s,
    ],
    [{ kind: "release_id_changed", user: person(2) }, /somebody else now.*\(now user a0+2: Person 2\)$/s],
    [{ kind: "release_lost" }, /private data is missing/],
  ])("a release: %j", (reason, expected) => {
    const message = describeWaiting([waits(reason)]);
    expect(message && textOf(message)).toMatch(expected);
    expect(message?.summary).toBe("1 suspended user will no longer be deleted later");
  });

  test.each<[string, Leaver]>([
    ["that the user waits on", leaver(noCall({ kind: "wait" }))],
    ["a failed look-up before the day", waits({ kind: "wait_not_looked_up", failure })],
    ["a limit before the day", waits({ kind: "wait_passed_over", because: "Held." })],
    ["a deletion, which others tell", leaver({ kind: "delete", userId: person(1).userId })],
  ])("not %s", (_, one) => {
    expect(describeWaiting([one])).toBeUndefined();
  });

  test("how many there are of each kind, and all who share a reason in one list", () => {
    const two = (one: Leaver): Leaver[] => [one, { ...one, id: "b@x" }];
    const message = describeWaiting([
      ...two(waits({ kind: "wait_hidden" })),
      ...two(waits({ kind: "return_unconfirmed" })),
      ...two(waits({ kind: "return_unproven", status: "Suspended" })),
      ...two(waits({ kind: "return_not_planned" })),
      ...two(leaver(noCall({ kind: "release_gone" }))),
      ...two(waits({ kind: "release_lost" })),
      leaver(noCall({ kind: "wait" })),
      ...two(leaver({ kind: "reactivate", user: person(1) })),
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
  const text = textOf(describeFailures(kind, survivors, 3));
  expect(text).toMatch(says);
  expect(text).toContain("\nGenAuth refused.\n  a@x  L\n  b@x  L\n");
});

test("who waits although the set did not certainly suspend them", () => {
  expect(describeNotOurs([])).toBeUndefined();
  const one = describeNotOurs([early]);
  expect(one && textOf(one)).toMatch(/^1 user left and wait .*\n {2}a@x {2}Ada {2}\(status Suspended\)$/s);
  const two = describeNotOurs([early, { ...withoutStatus, id: "b@x" }]);
  expect(two && textOf(two)).toMatch(/^2 users left and wait .*\n {2}b@x {2}Ada {2}\(status not shown\)$/s);
  expect(two?.ids).toEqual(["a@x", "b@x"]);
});
