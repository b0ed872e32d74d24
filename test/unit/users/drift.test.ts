import { describe, expect, test } from "@jest/globals";
import { driftOf, lockedOutOf, missingOf } from "../../../src/users/drift";
import { found, type Resolution } from "../../../src/users/look-up/resolution";
import { OUTAGE } from "../../support/users/failures";
import { person } from "../../support/users/people";
import { SUSPENDED } from "../../support/users/waiting";

describe("drift", () => {
  test("lists the ids sorted, each once", () => {
    expect(driftOf(["b", "a", "b"], ["d", "c"], ["f", "e"])).toEqual({
      missing: ["a", "b"],
      survivors: ["c", "d"],
      locked_out: ["e", "f"],
    });
  });

  test("counts only ids that a look-up did not find as missing", () => {
    // Nobody looked "d" up.
    const resolutions = new Map<string, Resolution>([
      ["a", { kind: "absent" }],
      ["b", { kind: "undecided", failure: OUTAGE }],
      ["c", found(person(1))],
      ["e", { kind: "absent" }],
    ]);
    expect(missingOf(["e", "d", "c", "b", "a"], resolutions)).toEqual(["a", "e"]);
  });

  describe("counts as locked out", () => {
    const declared = ["suspended", "active", "absent", "undecided"];
    const resolutions = new Map<string, Resolution>([
      ["suspended", found(person(1, SUSPENDED))],
      ["active", found(person(2))],
      ["absent", { kind: "absent" }],
      ["undecided", { kind: "undecided", failure: OUTAGE }],
    ]);

    test("users that a look-up shows as suspended", () => {
      expect(lockedOutOf(declared, resolutions)).toEqual(["suspended"]);
    });

    test("users who were before, and who could not be looked up since", () => {
      const before = declared;
      expect(lockedOutOf(declared, resolutions, before)).toEqual(["suspended", "undecided"]);
    });
  });
});
