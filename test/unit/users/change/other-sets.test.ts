import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, PlannedSets, UserIdType } from "../../../../src/users";
import { type Fate, noCall } from "../../../../src/users/fate";
import type { PlannedSet } from "../../../../src/users/change/planned-set";
import { found } from "../../../../src/users/look-up/resolution";
import { OUTAGE } from "../../../support/users/failures";
import { idOf, people, person } from "../../../support/users/people";
import {
  adding,
  containing,
  declaring,
  deletes,
  leftBy,
  NOBODY_PROTECTED,
  NOT_ALL_KNOWN,
  nobodyHas,
  NOTHING,
  protecting,
  refusal,
  remembering,
  tell,
  tellSecond,
} from "../support/two-sets";

const { EMAIL, IDENTITY, USER_ID, USERNAME } = UserIdType;
const ada = person(1);
const bob = person(2);
const eve = person(3);
const emailOf = (user: DirectoryUser): string => idOf(user, EMAIL);
const ADA = emailOf(ada);
const BOB = emailOf(bob);
const EVE = emailOf(eve);

const RETAINED = noCall({ kind: "retained" });
const NOT_LOOKED_UP = noCall({ kind: "not_looked_up", failure: OUTAGE });
const suspends = ({ userId }: DirectoryUser): Fate => ({ kind: "suspend", userId });
const mayDelete = (): Fate => NOT_LOOKED_UP;

describe("a user whom one set deletes and another declares", () => {
  test("is refused, and the message names the user, the other set and what to do", () => {
    const { deletingSecond, otherSecond } = tell(leftBy([ada]), declaring([ada, bob]));
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
    const deleting = leftBy([ada, bob], (user) => (user === ada ? NOT_LOOKED_UP : deletes(user)));
    expect(tell(deleting, declaring([ada, bob]))).toMatchObject(
      refusal((who, whose) => `${who} may delete 2 users that ${whose} declares`),
    );
  });

  test("is refused if the user is suspended first", () => {
    const deleting = { ...leftBy([ada], suspends), suspendDays: 14 };
    expect(tell(deleting, declaring([ada]))).toMatchObject(
      refusal((who, whose) => `${who} suspends 1 user that ${whose} declares`),
    );
  });

  test("is refused if one is perhaps suspended, and another one is due", () => {
    const fateOf = (user: DirectoryUser): Fate => (user === ada ? NOT_LOOKED_UP : deletes(user));
    const deleting = { ...leftBy([ada, bob], fateOf), suspendDays: 14 };
    expect(tell(deleting, declaring([ada, bob]))).toMatchObject(
      refusal((who, whose) => `${who} may delete or suspend 2 users that ${whose} declares`),
    );
  });

  test("names the first three of the other set's users", () => {
    const four = declaring([ada, bob, eve, person(4)]);
    const [told] = tell(leftBy([ada]), four).deletingSecond;
    expect(told?.detail).toContain("The other set declares 4 users by email, among them:");
    expect(told?.detail).toContain("person3@example.com  D");
    expect(told?.detail).not.toContain("person4@example.com");
  });

  const refusedDeletion = (...details: readonly string[]) =>
    refusal((who, whose) => `${who} deletes 1 user that ${whose} declares`, ...details);
  const refusedChance = (...details: readonly string[]) =>
    refusal((who, whose) => `${who} may delete 1 user that ${whose} declares`, ...details);

  test("is refused if the other set only retains the user", () => {
    expect(tell(leftBy([ada]), { type: EMAIL, retained: [ADA] })).toMatchObject(refusedDeletion());
    expect(tell(leftBy([ada]), { ...declaring([ada]), retained: [EVE] })).toMatchObject(refusedDeletion());
  });

  test("is refused by another spelling of the id", () => {
    const other = { type: EMAIL, declared: new Map([["PERSON1@example.com", ""]]) };
    expect(tell(leftBy([ada]), other)).toMatchObject(
      refusedDeletion("  person1@example.com  L  (there: PERSON1@example.com)\n"),
    );
  });

  test("is refused by an id of another type", () => {
    expect(tell(leftBy([ada]), declaring([ada], USERNAME))).toMatchObject(
      refusedDeletion("(there: person1)"),
    );
  });

  test("is refused by an id that the user has lost, with the advice to correct it", () => {
    const deleting = leftBy([{ ...ada, email: "now@example.com" }]);
    const other = { ...declaring([ada]), ...remembering(ada) };
    expect(tell(deleting, other)).toMatchObject(
      refusedDeletion("(there: person1@example.com)", "An id that the user has lost", "correct it"),
    );
  });

  test("may go by an id that the user has lost, if the plan binds the id to somebody else", () => {
    const other = { ...declaring([ada]), ...remembering(ada), rebound: new Set([ADA]) };
    const deleting = leftBy([{ ...ada, email: "now@example.com" }], deletes, USER_ID);
    expect(tell(deleting, other)).toEqual(NOTHING);
    // By now, she has it again.
    expect(tell(leftBy([ada], deletes, USER_ID), other)).toMatchObject(refusedDeletion(`(there: ${ADA})`));
    // Nobody can tell.
    const unseen = { ...leftBy([ada], mayDelete, USER_ID), ...nobodyHas() };
    expect(tell(unseen, other)).toMatchObject(
      refusal((who, whose) => `${who} may delete 1 user that ${whose} may declare under another id`),
    );
  });

  test("is refused although the look-up failed, if the set remembers whom its id named", () => {
    const unseen = { ...leftBy([ada], mayDelete), ...remembering(ada), ...nobodyHas() };
    expect(tell(unseen, declaring([ada], USER_ID))).toMatchObject(refusedChance());
  });

  test("is refused by a user name that was never seen, if a look-up shows the user's", () => {
    const open = { ...leftBy([ada], mayDelete), ...remembering(ada) };
    expect(tell(open, declaring([ada], USERNAME))).toMatchObject(refusedChance("(there: person1)"));
  });

  test("may go if the other set declares somebody else, by the same type of id or another one", () => {
    expect(tell(leftBy([ada]), declaring([bob]))).toEqual(NOTHING);
    expect(tell(leftBy([ada]), declaring([bob], USERNAME))).toEqual(NOTHING);
  });

  test("is not refused where the user is kept", () => {
    expect(
      tell(
        leftBy([ada], () => RETAINED),
        declaring([ada]),
      ),
    ).toEqual(NOTHING);
  });

  test("is not taken for a user whose user name reads like the address", () => {
    const unknown = { ...leftBy([ada], mayDelete), ...nobodyHas() };
    expect(tell(unknown, { type: USERNAME, declared: new Map([[ADA, ""]]) })).toEqual(NOTHING);
  });
});

describe("while look-ups fail of ids that another set adds", () => {
  const others = adding([ada], IDENTITY);
  // GenAuth shows no identity of them yet, so any may be theirs.
  const fay = person(5, { identities: [] });
  const gus = person(6, { identities: [] });

  test("a user is not deleted of whom they may be an id", () => {
    expect(tell(leftBy([bob, fay]), others)).toMatchObject(
      refusal(
        (who, whose) => `${who} deletes 1 user that ${whose} may declare under another id`,
        "declares or retains by identity have not been matched to users.",
        "who are removed by email:\n  person5@example.com  L\n\n",
      ),
    );
    expect(tell(leftBy([fay, gus]), others)).toMatchObject(
      refusal((who, whose) => `${who} deletes 2 users that ${whose} may declare under another id`),
    );
  });

  test("ids that were declared before hold nobody", () => {
    expect(tell(leftBy([fay]), declaring([ada], IDENTITY))).toEqual(NOTHING);
    expect(tell(leftBy([fay]), { type: IDENTITY })).toEqual(NOTHING);
  });

  test("ids whose users are known hold nobody else", () => {
    const known = { ...others, resolutions: new Map([[idOf(ada, IDENTITY), found(ada)]]) };
    expect(tell(leftBy([fay]), known)).toEqual(NOTHING);
  });

  test("a set is not refused that keeps everybody, or knows nothing of a user", () => {
    expect(
      tell(
        leftBy([fay], () => RETAINED),
        others,
      ),
    ).toEqual(NOTHING);
    expect(tell({ ...leftBy([fay]), ...nobodyHas() }, others)).toEqual(NOTHING);
  });

  test("protected ids hold nobody else", () => {
    const deleting = leftBy([person(5, { email: undefined })], deletes, USERNAME);
    expect(tell(deleting, adding([ada]), protecting([ADA]))).toEqual(NOTHING);
  });
});

describe("while the look-up of a user who leaves fails", () => {
  /** The set remembers the user. */
  const unseen = (user: DirectoryUser, type = EMAIL): PlannedSet => ({
    ...leftBy([user], mayDelete, type),
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
    expect(tell(unseen(bob), byName)).toMatchObject(mayBeDeclared("Plan again when GenAuth answers"));
  });

  test("so may ids that it retains", () => {
    expect(tell(unseen(bob), { type: USERNAME, retained: ["person1"] })).toMatchObject(mayBeDeclared());
  });

  test("so may a second identity", () => {
    expect(tell(unseen(bob, IDENTITY), declaring([ada], IDENTITY))).toMatchObject(mayBeDeclared());
  });

  test("so may ids beside a user who leaves by the system user id, which needs no memory", () => {
    const byUserId = { ...unseen(bob, USER_ID), readBindings: () => new Map<string, string>() };
    expect(tell(byUserId, byName)).toMatchObject(mayBeDeclared());
  });

  test("ids that named somebody else when they were first seen are not the user's", () => {
    expect(tell(unseen(bob), { ...byName, ...remembering(ada, USERNAME) })).toEqual(NOTHING);
  });

  test("ids that nobody has are not the user's", () => {
    expect(tell(unseen(bob), { ...byName, ...nobodyHas("person1") })).toEqual(NOTHING);
  });

  test("ids of the same type are not the user's, as nobody has two", () => {
    expect(tell(unseen(bob), declaring([ada]))).toEqual(NOTHING);
  });

  test("protected ids are somebody else's", () => {
    expect(tell(unseen(bob, USERNAME), declaring([ada]), protecting([ADA]))).toEqual(NOTHING);
  });

  test("a set that declares nobody refuses nothing", () => {
    expect(tell(unseen(bob), { type: USERNAME })).toEqual(NOTHING);
  });
});

describe("while the users of a set are not known", () => {
  const open: PlannedSet = { type: EMAIL, isOpen: true };

  test("no other set deletes anybody", () => {
    expect(tell(leftBy([ada, bob]), open)).toMatchObject(
      refusal(
        (who, whose) => `${who} deletes 2 users while the users of ${whose} are not known yet`,
        "when it may be too late:\n  person1@example.com  L\n  person2@example.com  L\n",
      ),
    );
  });

  test("another set that deletes nobody may go on", () => {
    expect(
      tell(
        leftBy([ada], () => RETAINED),
        open,
      ),
    ).toEqual(NOTHING);
  });

  test("another set may go on if the configuration accepts it", () => {
    expect(tell(leftBy([ada]), { ...open, isOpen: false })).toEqual(NOTHING);
  });

  test("all sets may go on until all protected users are known, and are planned again then", () => {
    expect(tell(leftBy([ada]), open, NOT_ALL_KNOWN)).toEqual(NOTHING);
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
      expect(tell(unknown, declaring([ada, eve]), protecting([EVE]))).toMatchObject(refused);
    });

    test("is not refused until all protected users are known", () => {
      expect(tell(unknown, declaring([ada, eve]), NOT_ALL_KNOWN)).toEqual(NOTHING);
    });
  });
});

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

describe("a user whom two sets declare", () => {
  const byEmail = {
    ...adding([ada, bob]),
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
    const eveOnly = { ...adding([eve]), resolutions: new Map([[EVE, found(eve)]]) };
    const unknown = { ...adding([ada], USERNAME), ...nobodyHas("person1") };
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
  sets.add({ ...leftBy([ada, bob], mayDelete), readBindings, ...nobodyHas() }, NOBODY_PROTECTED);
  expect(read).toEqual([]);
  for (const user of [eve, person(4)]) sets.add(declaring([user], USERNAME), NOBODY_PROTECTED);
  expect(read).toEqual([people(1, 2).map(emailOf)]);
});
