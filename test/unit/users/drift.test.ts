import { describe, expect, test } from "@jest/globals";
import { driftOf, missingOf } from "../../../src/users/drift";
import { OUTAGE } from "../../support/users/failures";
import { person } from "../../support/users/people";

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
    ]);
    expect(missingOf(["d", "c", "b", "a"], resolutions)).toEqual(["a"]);
  });
});
