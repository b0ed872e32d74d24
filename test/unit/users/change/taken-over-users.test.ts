import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import type { PlannedSet } from "../../../../src/users/change/planned-set";
import { found } from "../../../../src/users/look-up/resolution";
import { ADA, ada, adding, bob, deletes, EVE, leftBy, NOTHING, refusal, tell } from "../support/two-sets";

const { EMAIL, USERNAME } = UserIdType;

describe("a set that deletes users and takes over those of a released one", () => {
  const released: PlannedSet = { type: EMAIL, released: [ADA, EVE] };
  const shifted = { ...leftBy([bob]), added: [ADA], declared: new Map([[ADA, ""]]) };
  const shift = (...details: readonly string[]) =>
    refusal(
      (who) => `${who} deletes 1 user while it takes over 1 user of a set that is being removed`,
      ...details,
    );

  test("is refused, and the message names both", () => {
    expect(tell(shifted, released)).toMatchObject(
      shift(
        "the users of the wrong set would leave:\n  person2@example.com  L\n\n",
        "Taken over from the removed set:\n  person1@example.com\n\n",
      ),
    );
  });

  test("is refused by an id of another type, if its look-up shows the user", () => {
    const byName = { ...leftBy([bob], deletes, USERNAME), added: ["person1", "person9"] };
    const resolutions = new Map([...(byName.resolutions ?? []), ["person1", found(ada)] as const]);
    expect(tell({ ...byName, resolutions }, released)).toMatchObject(
      shift("  person1    (there: person1@example.com)\n"),
    );
    expect(tell(byName, released)).toEqual(NOTHING);
  });

  test("is not refused if it adds somebody else", () => {
    expect(tell({ ...shifted, added: ["new@example.com"] }, released)).toEqual(NOTHING);
    // A user name that reads like the address.
    expect(tell({ ...leftBy([bob], deletes, USERNAME), added: [ADA] }, released)).toEqual(NOTHING);
  });

  test("is not refused if it deletes nobody", () => {
    expect(tell(adding([ada]), released)).toEqual(NOTHING);
  });

  test("is not refused beside a set that stays", () => {
    expect(tell(shifted, { type: EMAIL })).toEqual(NOTHING);
  });
});
