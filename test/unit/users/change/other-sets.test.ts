import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, PlannedSets, UserIdType } from "../../../../src/users";
import { type Fate } from "../../../../src/users/fate";
import { found } from "../../../../src/users/look-up/resolution";
import { emailOf, people, person } from "../../../support/users/people";
import {
  ADA,
  ada,
  declaringAndAdding,
  bob,
  containing,
  declaring,
  deletionOf,
  eve,
  EVE,
  keeping,
  leftBy,
  leftUnseenBy,
  lookUpFails,
  NOBODY_PROTECTED,
  nobodyHas,
  NOT_LOOKED_UP,
  NOTHING,
  refusal,
  remembering,
  tellInBothOrders,
  tellSecond,
} from "../support/two-sets";

const { EMAIL, USER_ID, USERNAME } = UserIdType;
const suspends = ({ userId }: DirectoryUser): Fate => ({ kind: "suspend", userId });

describe("a user whom one set deletes and another declares", () => {
  test("is refused, and the message names the user, the other set and what to do", () => {
    const { deletingSecond, otherSecond } = tellInBothOrders(leftBy([ada]), declaring([ada, bob]));
    expect(deletingSecond).toEqual([
      {
        isError: true,
        ids: [],
        summary: "This change deletes 1 user that another set declares",
        detail: containing([
          "These leave one set, but are declared or retained by another set:\n  person1@example.com  L\n\n",
          "The other set declares 2 users by email, among them:\n  person1@example.com  D\n  person2@example.com  D\n\n",
          "Nobody was deleted or suspended. If users move from one set to another, protect all users",
        ]),
      },
    ]);
    expect(otherSecond).toEqual([
      {
        isError: true,
        ids: [],
        summary: "Another set deletes 1 user that this set declares",
        detail: containing([
          "These leave one set, but are declared or retained by this set:\n  person1@example.com  L\n\n",
          "The other set declares 0 users by email.\n\n",
          "If this is an apply, the other set may already have done so: check with",
          '--user-id-type email"',
        ]),
      },
    ]);
  });

  test("is refused if the user is only perhaps deleted", () => {
    const deleting = leftBy([ada, bob], (user) => (user === ada ? NOT_LOOKED_UP : deletionOf(user)));
    expect(tellInBothOrders(deleting, declaring([ada, bob]))).toMatchObject(
      refusal((who, whose) => `${who} may delete 2 users that ${whose} declares`),
    );
  });

  test("is refused if the user is suspended first", () => {
    const deleting = { ...leftBy([ada], suspends), suspendDays: 14 };
    expect(tellInBothOrders(deleting, declaring([ada]))).toMatchObject(
      refusal((who, whose) => `${who} suspends 1 user that ${whose} declares`),
    );
  });

  test("is refused if one is perhaps suspended, and another one is due", () => {
    const fateOf = (user: DirectoryUser): Fate => (user === ada ? NOT_LOOKED_UP : deletionOf(user));
    const deleting = { ...leftBy([ada, bob], fateOf), suspendDays: 14 };
    expect(tellInBothOrders(deleting, declaring([ada, bob]))).toMatchObject(
      refusal((who, whose) => `${who} may delete or suspend 2 users that ${whose} declares`),
    );
  });

  test("names the first three of the other set's users", () => {
    const four = declaring([ada, bob, eve, person(4)]);
    const [told] = tellInBothOrders(leftBy([ada]), four).deletingSecond;
    expect(told?.detail).toContain("The other set declares 4 users by email, among them:");
    expect(told?.detail).toContain("person3@example.com  D");
    expect(told?.detail).not.toContain("person4@example.com");
  });

  test("is not called one that may be declared under another id", () => {
    const [told] = tellInBothOrders(leftBy([ada]), declaring([ada])).deletingSecond;
    expect(told?.detail).not.toContain("have not been matched to users");
  });

  const refusedDeletion = (...details: readonly string[]) =>
    refusal((who, whose) => `${who} deletes 1 user that ${whose} declares`, ...details);
  const refusedChance = (...details: readonly string[]) =>
    refusal((who, whose) => `${who} may delete 1 user that ${whose} declares`, ...details);

  test("is refused if the other set only retains the user", () => {
    expect(tellInBothOrders(leftBy([ada]), { type: EMAIL, retained: [ADA] })).toMatchObject(
      refusedDeletion(),
    );
    expect(tellInBothOrders(leftBy([ada]), { ...declaring([ada]), retained: [EVE] })).toMatchObject(
      refusedDeletion(),
    );
  });

  test("is refused by another spelling of the id", () => {
    const other = { type: EMAIL, declared: new Map([["PERSON1@example.com", ""]]) };
    expect(tellInBothOrders(leftBy([ada]), other)).toMatchObject(
      refusedDeletion("  person1@example.com  L  (there: PERSON1@example.com)\n"),
    );
  });

  test("is refused by an id of another type", () => {
    expect(tellInBothOrders(leftBy([ada]), declaring([ada], USERNAME))).toMatchObject(
      refusedDeletion("(there: person1)"),
    );
  });

  test("is refused by an id that the user has lost, with the advice to correct it", () => {
    const deleting = leftBy([{ ...ada, email: "now@example.com" }]);
    const other = { ...declaring([ada]), ...remembering(ada) };
    expect(tellInBothOrders(deleting, other)).toMatchObject(
      refusedDeletion("(there: person1@example.com)", "An id that the user has lost", "correct it"),
    );
  });

  test("may go by an id that the user has lost, if the plan binds the id to somebody else", () => {
    const other = { ...declaring([ada]), ...remembering(ada), rebound: new Set([ADA]) };
    const deleting = leftBy([{ ...ada, email: "now@example.com" }], deletionOf, USER_ID);
    expect(tellInBothOrders(deleting, other)).toEqual(NOTHING);
    // By now, she has it again.
    expect(tellInBothOrders(leftBy([ada], deletionOf, USER_ID), other)).toMatchObject(
      refusedDeletion(`(there: ${ADA})`),
    );
    // Nobody can tell.
    const unseen = leftUnseenBy([ada], USER_ID);
    expect(tellInBothOrders(unseen, other)).toMatchObject(
      refusal((who, whose) => `${who} may delete 1 user that ${whose} may declare under another id`),
    );
  });

  test("is refused by an id that the user has lost, although the plan binds another id to somebody else", () => {
    const other = { ...declaring([ada, bob]), ...remembering(ada), rebound: new Set([emailOf(bob)]) };
    const deleting = leftBy([{ ...ada, email: "now@example.com" }], deletionOf, USER_ID);
    expect(tellInBothOrders(deleting, other)).toMatchObject(refusedDeletion(`(there: ${ADA})`));
  });

  test("is refused although the look-up failed, if the set remembers whom its id named", () => {
    const unseen = { ...leftUnseenBy([ada]), ...remembering(ada) };
    expect(tellInBothOrders(unseen, declaring([ada], USER_ID))).toMatchObject(refusedChance());
  });

  test("is refused by a user name that was never seen, if a look-up shows the user's", () => {
    const open = { ...leftBy([ada], lookUpFails), ...remembering(ada) };
    expect(tellInBothOrders(open, declaring([ada], USERNAME))).toMatchObject(
      refusedChance("(there: person1)"),
    );
  });

  test("may go if the other set declares somebody else, by the same type of id or another one", () => {
    expect(tellInBothOrders(leftBy([ada]), declaring([bob]))).toEqual(NOTHING);
    expect(tellInBothOrders(leftBy([ada]), declaring([bob], USERNAME))).toEqual(NOTHING);
  });

  test("is not refused where the user is kept", () => {
    expect(tellInBothOrders(keeping(ada), declaring([ada]))).toEqual(NOTHING);
  });

  test("is not taken for a user whose user name reads like the address", () => {
    const unknown = leftUnseenBy([ada]);
    expect(tellInBothOrders(unknown, { type: USERNAME, declared: new Map([[ADA, ""]]) })).toEqual(NOTHING);
  });
});

describe("a user whom two sets declare", () => {
  const byEmail = {
    ...declaringAndAdding([ada, bob]),
    resolutions: new Map([ada, bob].map((user) => [emailOf(user), found(user)])),
  };
  const warningOf = (id: string) => ({
    isError: false,
    ids: [id],
    summary: "1 user of this set also declared by another set",
    detail: containing([
      `Each of these ids names one user in GenAuth, and both sets declare this user:\n  ${id}\n`,
      "fails",
    ]),
  });

  test("is told before one of them lets the user go", () => {
    const second = { ...byEmail, declared: new Map([[ADA, ""]]) };
    expect(tellSecond(byEmail, second, NOBODY_PROTECTED)).toEqual([warningOf(ADA)]);
  });

  test("is told if the second set names the user by another type of id", () => {
    const second = { ...declaring([ada, eve], USERNAME), ...remembering(ada, USERNAME) };
    expect(tellSecond(byEmail, second, NOBODY_PROTECTED)).toEqual([warningOf("person1")]);
  });

  test("is not told of ids that name two people, or nobody who is known", () => {
    const eveOnly = { ...declaringAndAdding([eve]), resolutions: new Map([[EVE, found(eve)]]) };
    const unknown = { ...declaringAndAdding([ada], USERNAME), ...nobodyHas("person1") };
    expect(tellSecond(byEmail, eveOnly, NOBODY_PROTECTED)).toEqual([]);
    expect(tellSecond(byEmail, unknown, NOBODY_PROTECTED)).toEqual([]);
  });
});

test("what a set remembers is read once, and only when another set comes", () => {
  const read: (readonly string[])[] = [];
  const readBindings = (prior: readonly string[]) => {
    read.push(prior);
    return new Map([[ADA, ada.userId]]);
  };
  const sets = new PlannedSets();
  sets.add({ ...leftUnseenBy([ada, bob]), readBindings }, NOBODY_PROTECTED);
  expect(read).toEqual([]);
  for (const user of [eve, person(4)]) sets.add(declaring([user], USERNAME), NOBODY_PROTECTED);
  expect(read).toEqual([people(1, 2).map(emailOf)]);
});
