import { describe, expect, test } from "@jest/globals";
import { type Resolution, UserIdType } from "../../../../src/users";
import { findLockedOut } from "../../../../src/users/change/locked-out";
import { found } from "../../../../src/users/look-up/resolution";
import { person, systemId } from "../../../support/users/people";
import { unlimitedChange } from "../support/set-change";

const ADA = "ada@example.com";
const suspendedAda = found(person(1, { status: "Suspended" }));

/** Whether Ada, whom the set declares, is locked out after a change. */
function isLockedOut({
  bound,
  lookedUp,
  wasBefore = false,
  reactivated = [],
}: {
  readonly bound?: string;
  readonly lookedUp?: Resolution;
  readonly wasBefore?: boolean;
  readonly reactivated?: readonly string[];
}): boolean {
  const change = unlimitedChange({
    type: UserIdType.EMAIL,
    prior: new Map([[ADA, ""]]),
    declared: new Map([[ADA, ""]]),
    bindings: new Map(bound === undefined ? [] : [[ADA, bound]]),
    lastLockedOut: wasBefore ? [ADA] : [],
  });
  const resolutions = new Map(lookedUp && [[ADA, lookedUp]]);
  return findLockedOut(change, resolutions, reactivated).includes(ADA);
}

describe("a declared user is locked out", () => {
  test("who is suspended, whatever the last check has found", () => {
    expect(isLockedOut({ lookedUp: suspendedAda })).toBe(true);
    expect(isLockedOut({ lookedUp: found(person(1)), wasBefore: true })).toBe(false);
  });

  test("as at the last check, if nobody looks", () => {
    expect(isLockedOut({ wasBefore: true })).toBe(true);
    expect(isLockedOut({})).toBe(false);
  });

  test("not if the change reactivates the user whom the id names now, whomever it named before", () => {
    const change = { lookedUp: suspendedAda, bound: systemId(2) };
    expect(isLockedOut({ ...change, reactivated: [systemId(1).toUpperCase()] })).toBe(false);
    expect(isLockedOut({ ...change, reactivated: [systemId(2)] })).toBe(true);
  });

  test("not if the change reactivates the user to whom the id is bound, and nobody looks", () => {
    const change = { wasBefore: true, bound: systemId(1) };
    expect(isLockedOut({ ...change, reactivated: [systemId(1)] })).toBe(false);
    expect(isLockedOut({ ...change, reactivated: [systemId(2)] })).toBe(true);
  });
});
