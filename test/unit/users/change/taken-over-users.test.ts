import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import type { PlannedSet } from "../../../../src/users/change/planned-set";
import { found } from "../../../../src/users/look-up/resolution";
import {
  ADA,
  ada,
  declaringAndAdding,
  bob,
  deletionOf,
  EVE,
  leftBy,
  NOTHING,
  refusal,
  tellInBothOrders,
} from "../support/two-sets";

const { EMAIL, USERNAME } = UserIdType;

describe("taking over users of a released set while another user is deleted", () => {
  const released: PlannedSet = { type: EMAIL, released: [ADA, EVE] };
  /** The set of Bob, which with this change declares Ada in his place. */
  const deletesBobAndTakesOverAda = { ...leftBy([bob]), added: [ADA], declared: new Map([[ADA, ""]]) };
  const refusalOfTakeOver = (...details: readonly string[]) =>
    refusal(
      (who) => `${who} deletes 1 user while it takes over 1 user of a set that is being removed`,
      ...details,
    );

  test("is refused, and the message names the deleted users and those taken over", () => {
    expect(tellInBothOrders(deletesBobAndTakesOverAda, released)).toMatchObject(
      refusalOfTakeOver(
        "the users of the wrong set would leave:\n  person2@example.com  L\n\n",
        "Taken over from the removed set:\n  person1@example.com\n\n",
      ),
    );
  });

  test("is refused if the taken id is of another type, once its look-up shows the user", () => {
    const byName = { ...leftBy([bob], deletionOf, USERNAME), added: ["person1", "person9"] };
    const resolutions = new Map([...(byName.resolutions ?? []), ["person1", found(ada)] as const]);
    expect(tellInBothOrders({ ...byName, resolutions }, released)).toMatchObject(
      refusalOfTakeOver("  person1    (there: person1@example.com)\n"),
    );
    expect(tellInBothOrders(byName, released)).toEqual(NOTHING);
  });

  test("is not meant if the set adds somebody else", () => {
    expect(tellInBothOrders({ ...deletesBobAndTakesOverAda, added: ["new@example.com"] }, released)).toEqual(
      NOTHING,
    );
    // The added id is a user name that reads like the address.
    expect(tellInBothOrders({ ...leftBy([bob], deletionOf, USERNAME), added: [ADA] }, released)).toEqual(
      NOTHING,
    );
  });

  test("is not refused if the set deletes nobody", () => {
    expect(tellInBothOrders(declaringAndAdding([ada]), released)).toEqual(NOTHING);
  });

  test("is not refused beside a set that stays", () => {
    expect(tellInBothOrders(deletesBobAndTakesOverAda, { type: EMAIL })).toEqual(NOTHING);
  });
});
