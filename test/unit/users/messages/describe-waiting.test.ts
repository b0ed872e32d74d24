import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { describeNotOurs, describeWaiting } from "../../../../src/users/messages/describe-waiting";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import { describeFailures } from "../../../../src/users/messages/describe-leavers";
import type { Reason } from "../../../../src/users/reasons";
import { person } from "../../../support/users/people";
import { waitingUser } from "../../../support/users/waiting";

const early = waitingUser(person(1), { id: "a@x", label: "Ada" });
const leaver = (fate: Fate): Leaver => ({ id: "a@x", label: "Ada", fate, waiting: early });
const reactivated = leaver({ kind: "reactivate", user: person(1) });
const uncertain: Reason = { kind: "uncertain", because: "GenAuth did not answer." };
const returnNotPlanned: Reason = { kind: "return_not_planned" };
const released: Reason = { kind: "released", because: "Somebody reactivated the user." };
const isGone: Reason = { kind: "released", because: "No look-up finds the user.", isGone: true };
/** The user is declared again, or protected now. */
const returning = (reason: Reason): Leaver => ({ ...leaver(noCall(reason)), returns: true });

describe("of somebody who waits, a reader is told", () => {
  const LINE = "  a@x  Ada";

  test("that apply reactivates the user", () => {
    const { summary, detail, ids } = describeWaiting([reactivated]) ?? {};
    expect(summary).toBe("1 user will be reactivated");
    expect(detail).toMatch(/^Apply reactivates these: /);
    expect(detail?.split("\n").slice(1)).toEqual([`${LINE}  (in GenAuth: Person 1)`]);
    expect(ids).toEqual(["a@x"]);
  });

  test("that apply reactivates a user whom protected_users names, and by what", () => {
    const protectedBy = { type: UserIdType.EMAIL, id: "*@x" };
    const message = describeWaiting([leaver({ kind: "reactivate", user: person(1), protectedBy })]);
    expect(message?.summary).toBe("1 user will be reactivated, because of protected_users");
    expect(message?.detail).toMatch(/^Apply .*protected_users .*names them/);
    expect(message?.detail.split("\n").slice(1)).toEqual([
      `${LINE}  (in GenAuth: Person 1, protected by email *@x)`,
    ]);
  });

  test.each<{ that: string; one: Leaver; summary: string; detail: string }>([
    {
      that: "the user is gone already",
      one: leaver(noCall(isGone)),
      summary: "1 suspended user gone",
      detail: `${isGone.because}\n${LINE}`,
    },
    {
      that: "the user is released, with what a look-up showed",
      one: leaver(noCall({ ...released, note: "status Activated" })),
      summary: "1 user will no longer be deleted later",
      detail: `${released.because}\n${LINE}  (status Activated)`,
    },
    {
      that: "nobody can tell, so that the user cannot be deleted yet",
      one: leaver(noCall(uncertain)),
      summary: "1 suspended user cannot be deleted yet",
      detail: `${uncertain.because}\n${LINE}`,
    },
    {
      that: "nobody can tell, so that a user who returns may be reactivated",
      one: returning(uncertain),
      summary: "1 suspended user may be reactivated",
      detail: `${uncertain.because}\n${LINE}`,
    },
    {
      that: "the user is due, and why no call is made",
      one: leaver(noCall({ kind: "held", because: "The operator holds deletions." })),
      summary: "1 suspended user cannot be deleted yet",
      detail: `Due, but not deleted: The operator holds deletions.\n${LINE}`,
    },
  ])("that $that", ({ one, summary, detail }) => {
    expect(describeWaiting([one])).toMatchObject({ summary, detail, ids: ["a@x"] });
  });

  test("that the plan did not show the return", () => {
    const message = describeWaiting([returning(returnNotPlanned)]);
    expect(message?.summary).toBe("1 suspended user may be reactivated");
    expect(message?.detail).toMatch(/^Declared again or protected, but not reactivated: the plan/);
  });

  test("nothing of a user who waits on", () => {
    expect(describeWaiting([leaver(noCall({ kind: "wait" }))])).toBeUndefined();
  });

  test("nothing of a deletion, which another message tells", () => {
    expect(describeWaiting([leaver({ kind: "delete", userId: early.userId })])).toBeUndefined();
  });

  test("of a refused change, what it would have done", () => {
    const waiting = [reactivated, returning(uncertain), leaver(noCall(released))];
    const message = describeWaiting(waiting, true);
    expect(message?.summary).toBe(
      "1 user would be reactivated, 1 suspended user might be reactivated, 1 user would no longer be deleted later",
    );
    expect(message?.detail).toBe(
      `The change is refused, so none of this happens. If it were allowed:\n\n${describeWaiting(waiting)?.detail}`,
    );
  });

  test("how many there are of each kind, and all who share a reason in one list", () => {
    const two = (one: Leaver): Leaver[] => [one, { ...one, id: "b@x" }];
    const message = describeWaiting([
      ...two(leaver(noCall(uncertain))),
      ...two(returning(returnNotPlanned)),
      ...two(leaver(noCall(isGone))),
      ...two(leaver(noCall(released))),
      leaver(noCall({ kind: "wait" })),
      ...two(reactivated),
    ]);
    expect(message?.summary).toBe(
      "2 users will be reactivated, 2 suspended users may be reactivated, 2 users will no longer be deleted later, " +
        "2 suspended users gone, 2 suspended users cannot be deleted yet",
    );
    const lists = message?.detail.split("\n\n").map((text) => text.split("\n").slice(1));
    expect(lists?.map((lines) => lines.length)).toEqual([2, 2, 2, 2, 2]);
    expect(message?.ids).toHaveLength(10);
  });
});

test.each([
  {
    failed: "suspend",
    summary: "2 of 3 removed users not suspended",
    next: "Nobody is deleted instead. They stay ",
  },
  {
    failed: "delete_due",
    summary: "2 suspended users due, but not confirmed gone",
    next: "They stay in suspended. ",
  },
  { failed: "reactivate", summary: "2 users still suspended", next: "They are declared again or protected" },
] as const)("of a failure to $failed is told who, why, and what comes next", ({ failed, summary, next }) => {
  const survivors = ["a@x", "b@x"].map((id) => ({ id, label: "L", reason: "GenAuth refused." }));
  expect(describeFailures(failed, survivors, 3)).toMatchObject({
    isError: true,
    ids: ["a@x", "b@x"],
    summary: expect.stringContaining(summary),
    detail: expect.stringContaining(`\n\n${next}`),
  });
  expect(describeFailures(failed, survivors, 3)?.detail).toContain("GenAuth refused.\n  a@x  L\n  b@x  L\n");
});

describe("of users who wait, and whom the set did not certainly suspend", () => {
  test("each is named with the status that GenAuth shows", () => {
    const told = describeNotOurs([early, { ...early, id: "b@x", status: undefined }]);
    expect(told?.summary).toBe("2 users left, to be deleted later, and not certainly suspended by this set");
    expect(told?.detail.split("\n").slice(1)).toEqual([
      "  a@x  Ada  (status Suspended)",
      "  b@x  Ada  (status not shown)",
    ]);
    expect(told?.ids).toEqual(["a@x", "b@x"]);
  });

  test("one is counted as one", () => {
    expect(describeNotOurs([early])?.summary).toBe(
      "1 user left, to be deleted later, and not certainly suspended by this set",
    );
  });

  test("nothing is said if there is none", () => {
    expect(describeNotOurs([])).toBeUndefined();
  });
});
