import { describe, expect, test } from "@jest/globals";
import { type EndedLeaver, type Fate, noCall } from "../../../../src/users/fate";
import { describeEndings } from "../../../../src/users/messages/describe-change";
import { LOST } from "../../../support/users/failures";
import { emailOf, person } from "../../../support/users/people";
import { waitingUser } from "../../../support/users/waiting";

const ada = person(1);
const ADA = emailOf(ada);
const waiting = waitingUser(ada);
const suspension: Fate = { kind: "suspend", userId: ada.userId };
const deletion: Fate = { kind: "delete", userId: ada.userId };
const refused = { kind: "survivor", reason: "GenAuth refused." } as const;
const unchanged = { kind: "unchanged" } as const;

/** The errors and warnings of an apply after a change that ended like this for Ada. */
function told(list: "leaving" | "waiting", ended: Omit<EndedLeaver, "id" | "label">, suspendDays = 14) {
  const endings = { leaving: [], waiting: [], [list]: [{ id: ADA, label: "Ada", ...ended }] };
  const messages = describeEndings({ declared: new Map(), suspendDays }, endings, []);
  return messages.map(({ isError, summary }) => (isError ? { error: summary } : { warning: summary }));
}

describe("of a user who leaves, an apply tells", () => {
  test("the suspension by this set", () => {
    const ending = { kind: "suspended", user: waiting } as const;
    expect(told("leaving", { fate: suspension, ending })).toEqual([{ warning: "1 user suspended" }]);
  });

  test("that the user waits, although this set may not have suspended them", () => {
    const ending = { kind: "suspended", user: { ...waiting, isOurs: false } } as const;
    expect(told("leaving", { fate: suspension, ending })).toEqual([
      { warning: "1 user left, to be deleted later, and not certainly suspended by this set" },
    ]);
  });

  test("that the suspension failed, if the set suspends first", () => {
    expect(told("leaving", { fate: suspension, ending: refused })).toEqual([
      { error: "1 of 1 removed user not suspended" },
    ]);
  });

  test("that the deletion failed, if the set deletes at once", () => {
    expect(told("leaving", { fate: deletion, ending: refused }, 0)).toEqual([
      { error: "1 of 1 removed user not confirmed gone from GenAuth" },
    ]);
  });
});

describe("of a user who waited, an apply tells", () => {
  test("the deletion, once", () => {
    const ended = { fate: deletion, ending: { kind: "gone" }, waiting } as const;
    expect(told("waiting", ended)).toEqual([{ warning: "1 user permanently deleted from GenAuth" }]);
  });

  test("the reactivation, once", () => {
    const ended = { fate: { kind: "reactivate", user: ada }, ending: { kind: "reactivated" } } as const;
    expect(told("waiting", ended)).toEqual([{ warning: "1 user reactivated" }]);
  });

  test("why the user waits no more", () => {
    const fate = noCall({ kind: "released", because: "Somebody reactivated the user." });
    expect(told("waiting", { fate, ending: unchanged, waiting })).toEqual([
      { warning: "1 user will no longer be deleted later" },
    ]);
  });

  test("why nobody could tell what becomes of the user: as an error of a user who is declared again, else as a warning", () => {
    const ended = { fate: noCall({ kind: "uncertain", because: "No answer." }), waiting };
    expect(told("waiting", { ...ended, ending: unchanged })).toEqual([
      { warning: "1 suspended user cannot be deleted yet" },
    ]);
    expect(told("waiting", { ...ended, ending: refused, returns: true })).toEqual([
      { error: "1 user still suspended" },
    ]);
  });

  test("that a user who is due could not be looked up, as an error", () => {
    const fate = noCall({ kind: "not_looked_up", failure: LOST });
    expect(told("waiting", { fate, ending: refused, waiting: { ...waiting, isDue: true } })).toEqual([
      { error: "1 suspended user due, but not confirmed gone from GenAuth" },
    ]);
  });

  test("nothing, if the user waits on", () => {
    expect(told("waiting", { fate: noCall({ kind: "wait" }), ending: unchanged, waiting })).toEqual([]);
  });
});
