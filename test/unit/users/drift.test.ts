import { describe, expect, test } from "@jest/globals";
import { driftOf, lockedOutOf, missingOf } from "../../../src/users/drift";
import { found, type Resolution } from "../../../src/users/look-up/resolution";
import { OUTAGE } from "../../support/users/failures";
import { person } from "../../support/users/people";
import { SUSPENDED } from "../../support/users/waiting";

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
      ["e", { kind: "absent" } as const],
    ]);
    expect(missingOf(["e", "d", "c", "b", "a"], resolutions)).toEqual(["a", "e"]);
  });

  test("counts users whom a look-up shows as suspended as locked out, and others only if they could not be looked up and were before", () => {
    const before = ["suspended", "active", "absent", "undecided"];
    const resolutions = new Map<string, Resolution>([
      ["suspended", found(person(1, SUSPENDED))],
      ["active", found(person(2))],
      ["absent", { kind: "absent" }],
      ["undecided", { kind: "undecided", failure: OUTAGE }],
    ]);
    expect(lockedOutOf(before, resolutions, before)).toEqual(["suspended", "undecided"]);
    expect(lockedOutOf(before, resolutions)).toEqual(["suspended"]);
  });
});
