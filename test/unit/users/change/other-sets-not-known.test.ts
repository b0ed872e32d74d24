import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../../src/users";
import type { PlannedSet } from "../../../../src/users/change/planned-set";
import { found } from "../../../../src/users/look-up/resolution";
import { OUTAGE } from "../../../support/users/failures";
import { emailOf, idOf, person } from "../../../support/users/people";
import {
  ada,
  ADA,
  declaringAndAdding,
  bob,
  declaring,
  deletionOf,
  eve,
  EVE,
  keeping,
  leftBy,
  lookUpFails,
  nobodyHas,
  NOT_ALL_KNOWN,
  NOTHING,
  protecting,
  refusal,
  remembering,
  tellInBothOrders,
} from "../support/two-sets";

const { EMAIL, IDENTITY, USER_ID, USERNAME } = UserIdType;
const BOB = emailOf(bob);

describe("while look-ups fail of ids that another set adds", () => {
  const others = declaringAndAdding([ada], IDENTITY);
  // GenAuth shows no identity of them yet, so any may be theirs.
  const fay = person(5, { identities: [] });
  const gus = person(6, { identities: [] });

  test("a user is not deleted of whom they may be an id", () => {
    expect(tellInBothOrders(leftBy([bob, fay]), others)).toMatchObject(
      refusal(
        (who, whose) => `${who} deletes 1 user that ${whose} may declare under another id`,
        "declares or retains by identity have not been matched to users.",
        "who are removed by email:\n  person5@example.com  L\n\n",
      ),
    );
    expect(tellInBothOrders(leftBy([fay, gus]), others)).toMatchObject(
      refusal((who, whose) => `${who} deletes 2 users that ${whose} may declare under another id`),
    );
  });

  test("the message does not say that the other set declares the user", () => {
    const [told] = tellInBothOrders(leftBy([fay]), others).deletingSecond;
    expect(told?.detail).not.toContain("These leave one set");
  });

  test("ids that were declared before hold nobody", () => {
    expect(tellInBothOrders(leftBy([fay]), declaring([ada], IDENTITY))).toEqual(NOTHING);
    expect(tellInBothOrders(leftBy([fay]), { type: IDENTITY })).toEqual(NOTHING);
  });

  test("ids whose users are known hold nobody else", () => {
    const known = { ...others, resolutions: new Map([[idOf(ada, IDENTITY), found(ada)]]) };
    expect(tellInBothOrders(leftBy([fay]), known)).toEqual(NOTHING);
  });

  test("a set is not refused that keeps everybody, or knows nothing of a user", () => {
    expect(tellInBothOrders(keeping(fay), others)).toEqual(NOTHING);
    expect(tellInBothOrders({ ...leftBy([fay]), ...nobodyHas() }, others)).toEqual(NOTHING);
  });

  test("protected ids hold nobody else", () => {
    const deleting = leftBy([person(5, { email: undefined })], deletionOf, USERNAME);
    expect(tellInBothOrders(deleting, declaringAndAdding([ada]), protecting([ADA]))).toEqual(NOTHING);
  });
});

describe("while the look-up of a user who leaves fails", () => {
  /** The set remembers the user. */
  const unseen = (user: DirectoryUser, type = EMAIL): PlannedSet => ({
    ...leftBy([user], lookUpFails, type),
    ...remembering(user, type),
    resolutions: new Map([[idOf(user, type), { kind: "undecided", failure: OUTAGE }]]),
  });
  const mayBeDeclared = (...details: readonly string[]) =>
    refusal(
      (who, whose) => `${who} may delete 1 user that ${whose} may declare under another id`,
      ...details,
    );
  const byName = declaring([ada], USERNAME);

  test("ids that another set declares, and has never found, may be the user's", () => {
    expect(tellInBothOrders(unseen(bob), byName)).toMatchObject(
      mayBeDeclared("Plan again when GenAuth answers"),
    );
  });

  test("so may ids that it retains", () => {
    expect(tellInBothOrders(unseen(bob), { type: USERNAME, retained: ["person1"] })).toMatchObject(
      mayBeDeclared(),
    );
  });

  test("so may a second identity", () => {
    expect(tellInBothOrders(unseen(bob, IDENTITY), declaring([ada], IDENTITY))).toMatchObject(
      mayBeDeclared(),
    );
  });

  test("so may ids beside a user who leaves by the system user id, which needs no memory", () => {
    const byUserId = { ...unseen(bob, USER_ID), readBindings: () => new Map<string, string>() };
    expect(tellInBothOrders(byUserId, byName)).toMatchObject(mayBeDeclared());
  });

  test("ids that named somebody else when they were first seen are not the user's", () => {
    expect(tellInBothOrders(unseen(bob), { ...byName, ...remembering(ada, USERNAME) })).toEqual(NOTHING);
  });

  test("ids that nobody has are not the user's", () => {
    expect(tellInBothOrders(unseen(bob), { ...byName, ...nobodyHas("person1") })).toEqual(NOTHING);
  });

  test("ids of the same type are not the user's, as nobody has two", () => {
    expect(tellInBothOrders(unseen(bob), declaring([ada]))).toEqual(NOTHING);
  });

  test("protected ids are somebody else's", () => {
    expect(tellInBothOrders(unseen(bob, USERNAME), declaring([ada]), protecting([ADA]))).toEqual(NOTHING);
  });

  test("a set that declares nobody refuses nothing", () => {
    expect(tellInBothOrders(unseen(bob), { type: USERNAME })).toEqual(NOTHING);
  });
});

describe("while the users of a set are not known", () => {
  const open: PlannedSet = { type: EMAIL, isOpen: true };

  test("no other set deletes anybody", () => {
    expect(tellInBothOrders(leftBy([ada, bob]), open)).toMatchObject(
      refusal(
        (who, whose) => `${who} deletes 2 users while the users of ${whose} are not known yet`,
        "when it may be too late:\n  person1@example.com  L\n  person2@example.com  L\n",
      ),
    );
  });

  test("another set that deletes nobody may go on", () => {
    expect(tellInBothOrders(keeping(ada), open)).toEqual(NOTHING);
  });

  test("another set may go on if the configuration accepts it", () => {
    expect(tellInBothOrders(leftBy([ada]), { ...open, isOpen: false })).toEqual(NOTHING);
  });

  test("all sets may go on until all protected users are known, and are planned again then", () => {
    expect(tellInBothOrders(leftBy([ada]), open, NOT_ALL_KNOWN)).toEqual(NOTHING);
  });

  describe("the set itself", () => {
    const unknown: PlannedSet = {
      type: EMAIL,
      retained: [BOB],
      mayLeave: [ada, bob, eve].map((user) => [emailOf(user), "M"] as const),
    };

    test("may not delete a user whom another set declares, unless the user is retained or protected", () => {
      const refused = refusal(
        (who, whose) => `${who} may delete 1 user that ${whose} declares`,
        "  person1@example.com  M\n",
      );
      expect(tellInBothOrders(unknown, declaring([ada, eve]), protecting([EVE]))).toMatchObject(refused);
    });

    test("is not refused until all protected users are known", () => {
      expect(tellInBothOrders(unknown, declaring([ada, eve]), NOT_ALL_KNOWN)).toEqual(NOTHING);
    });
  });
});
