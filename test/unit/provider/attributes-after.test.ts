import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { attributesAfter } from "../../../src/provider/user-set/applied-attributes";
import { leaverUserIds } from "../../../src/provider/user-set/attributes";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type AppliedSet, type SetChange, UserIdType } from "../../../src/users";
import { NO_MEMORY } from "../../../src/users/change/memory";
import { type EndedLeaver, type Fate, noCall } from "../../../src/users/fate";
import { person, systemId } from "../../support/users/people";
import { unlimitedChange } from "../users/support/set-change";

const { EMAIL, USER_ID } = UserIdType;
const ADA = "ada@example.com";
const BOB = "bob@example.com";
const EVE = "eve@example.com";

/** What the set remembers of somebody who waits. */
const waits = (number: number, isDue: boolean) => ({
  id: "",
  label: "",
  userId: systemId(number),
  isOurs: true,
  deleteFrom: "2026-01-15T00:00:00Z",
  isDue,
});

/** A change in which Ada leaves, who is bound to user 1, and Eve, who was never found. */
const adaAndEveLeave = (change: Partial<SetChange> = {}) =>
  unlimitedChange({
    type: EMAIL,
    prior: new Map([
      [ADA, ""],
      [EVE, ""],
    ]),
    declared: new Map(),
    bindings: new Map([[ADA, systemId(1)]]),
    ...change,
  });

/** The state after an apply of that change, which planned these attributes and ended so. */
function stateAfter(planned: Partial<UserSetModel>, ended: Partial<AppliedSet>): UserSetModel {
  const applied: AppliedSet = {
    leaving: [],
    waiting: [],
    stillWaiting: [],
    memory: NO_MEMORY,
    drift: { missing: [], survivors: [], locked_out: [] },
    told: [],
    ...ended,
  };
  const memory = {
    ...NO_MEMORY,
    bindings: new Map([[BOB, systemId(2)]]),
    rebindings: new Map([[BOB, systemId(3)]]),
  };
  const change = adaAndEveLeave({ declared: new Map([[BOB, ""]]) });
  return attributesAfter(
    fillModel(userSetSchema, { users: new Map(), ...planned }),
    { change, memory },
    applied,
  );
}

describe("after an apply, a removal that the plan left open", () => {
  const released = { kind: "released", because: "" } as const;

  test.each<{ ending: string; who: string; fate: Fate }>([
    { ending: "not deleted", who: "is kept", fate: noCall({ kind: "retained" }) },
    { ending: "not deleted", who: "is released", fate: noCall(released) },
    { ending: "already gone", who: "was found gone", fate: noCall({ ...released, isGone: true }) },
    { ending: "never found", who: "was never found", fate: noCall({ kind: "never_found" }) },
  ])('ends as "$ending" for a user who $who', ({ ending, fate }) => {
    const leaver: EndedLeaver = { id: ADA, label: "", fate, ending: { kind: "unchanged" } };
    const { removals } = stateAfter({ removals: new Map([[ADA, UNKNOWN]]) }, { leaving: [leaver] });
    expect(removals).toEqual(new Map([[ADA, ending]]));
  });

  test("is not there for those who wait on before the day", () => {
    const waiting = (id: string, isDue: boolean): EndedLeaver => ({
      id,
      label: "",
      fate: noCall({ kind: "wait" }),
      waiting: waits(1, isDue),
      ending: { kind: "unchanged" },
    });
    const { removals } = stateAfter(
      { removals: UNKNOWN },
      { waiting: [waiting(ADA, true), waiting(BOB, false)] },
    );
    expect(removals).toEqual(new Map([[ADA, "not deleted"]]));
  });
});

describe("after an apply, what the plan", () => {
  test("knew stays: the accounts of leavers, the ids that passed on, and who waits", () => {
    const known = {
      leaver_user_ids: new Map([[BOB, systemId(9)]]),
      rebindings: new Map([[EVE, { former_user_id: systemId(8), user_id: systemId(9) }]]),
      suspended: new Map([[BOB, "2026-02-01T00:00:00Z"]]),
    };
    expect(stateAfter(known, {})).toMatchObject(known);
  });

  test("left open is that of the change", () => {
    const open = { leaver_user_ids: UNKNOWN, rebindings: UNKNOWN, suspended: UNKNOWN } as const;
    const stillWaiting = [{ ...waits(3, false), id: EVE }];
    expect(stateAfter(open, { stillWaiting })).toMatchObject({
      leaver_user_ids: new Map([[ADA, systemId(1)]]),
      rebindings: new Map([[BOB, { former_user_id: systemId(2), user_id: systemId(3) }]]),
      suspended: new Map([[EVE, "2026-01-15T00:00:00Z"]]),
    });
  });

  test("said of a reactivation stays, and an open one says how it ended", () => {
    const planned = (outcome: string | typeof UNKNOWN): UserSetModel["reactivations"] =>
      new Map([[ADA, { user_id: systemId(1), outcome }]]);
    const reactivated: EndedLeaver = {
      id: ADA,
      label: "",
      fate: { kind: "reactivate", user: person(1) },
      waiting: waits(1, false),
      ending: { kind: "reactivated" },
    };
    const after = (reactivations: UserSetModel["reactivations"]) =>
      stateAfter({ reactivations }, { waiting: [reactivated] }).reactivations;
    expect(after(planned("not reactivated"))).toEqual(planned("not reactivated"));
    expect(after(planned(UNKNOWN))).toEqual(planned("reactivated"));
  });

  test("did not say of reactivations stays null", () => {
    expect(stateAfter({ reactivations: null }, {}).reactivations).toBeNull();
  });
});

describe("the accounts of leavers are", () => {
  const due = { id: BOB, label: "", fate: noCall({ kind: "wait" }), waiting: waits(2, true) };

  test("those that the state binds to the ids, as far as any was found", () => {
    expect(leaverUserIds(adaAndEveLeave(), [])).toEqual(new Map([[ADA, systemId(1)]]));
  });

  test("those who are due, and not those who wait on", () => {
    const early = { ...due, id: EVE, waiting: waits(3, false) };
    expect(leaverUserIds(adaAndEveLeave({ bindings: new Map() }), [due, early])).toEqual(
      new Map([[BOB, systemId(2)]]),
    );
  });

  test("not listed where the ids are the accounts", () => {
    expect(leaverUserIds(adaAndEveLeave({ type: USER_ID }), [due])).toEqual(new Map());
  });
});
