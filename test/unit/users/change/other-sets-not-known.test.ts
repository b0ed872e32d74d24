import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import type { PlannedSet } from "../../../../src/users/change/planned-set";
import { found } from "../../../../src/users/look-up/resolution";
import { emailOf, idOf, person } from "../../../support/users/people";
import {
  ada,
  ADA,
  declaringAndAdding,
  bob,
  declaring,
  eve,
  EVE,
  keeping,
  leftBy,
  leftUnseenBy,
  lookUpsFailOf,
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

describe("while the look-up of an identity that another set adds fails", () => {
  const ADAS_IDENTITY = idOf(ada, IDENTITY);
  const addsAda = declaringAndAdding([ada], IDENTITY);
  const addsAdaUnseen = { ...addsAda, ...lookUpsFailOf(ADAS_IDENTITY) };
  // The look-ups of the users who leave succeed. GenAuth shows an identity of Bob, and none of Fay and Gus.
  const fay = person(5, { email: "fay@example.com", identities: [] });
  const gus = person(6, { email: "gus@example.com", identities: [] });

  test("a set may not delete users without an identity, because the added one may be theirs", () => {
    expect(tellInBothOrders(leftBy([bob, fay, gus]), addsAdaUnseen)).toMatchObject(
      refusal(
        (who, whose) => `${who} deletes 2 users that ${whose} may declare under another id`,
        "declares or retains by identity have not been matched to users.",
        "who are removed by email:\n  fay@example.com  L\n  gus@example.com  L\n\n",
      ),
    );
  });

  test("the message says that nothing was matched, and not that the other set declares the user", () => {
    const [told] = tellInBothOrders(leftBy([fay]), addsAdaUnseen).deletingSecond;
    expect(told?.detail).toMatch(/^Some ids that another set declares or retains by identity have not been/);
  });

  test("a set may delete users without an identity if the other one was declared before", () => {
    const declaredAda = { ...declaring([ada], IDENTITY), ...lookUpsFailOf(ADAS_IDENTITY) };
    expect(tellInBothOrders(leftBy([fay]), declaredAda)).toEqual(NOTHING);
  });

  test("a set may delete users without an identity once a look-up shows that the added one is somebody else's", () => {
    const seesAda = { ...addsAda, resolutions: new Map([[ADAS_IDENTITY, found(ada)]]) };
    expect(tellInBothOrders(leftBy([fay]), seesAda)).toEqual(NOTHING);
  });

  test("a set may delete users without an identity if the added one is protected: no apply deletes its user", () => {
    const protection = protecting(IDENTITY, ADAS_IDENTITY);
    expect(tellInBothOrders(leftBy([fay]), addsAdaUnseen, protection)).toEqual(NOTHING);
  });

  test("a set that keeps users without an identity in GenAuth is not refused", () => {
    expect(tellInBothOrders(keeping(fay), addsAdaUnseen)).toEqual(NOTHING);
  });
});

describe("while the look-up of a user who leaves fails", () => {
  /** The set that Bob leaves. It remembers his system user id. */
  const leftByBob = (type = EMAIL): PlannedSet => ({
    ...leftUnseenBy([bob], type),
    ...remembering(bob, type),
  });
  /** Another set declares a user name. It has not looked up who has it, and does not remember anybody. */
  const declaresName = declaring([ada], USERNAME);
  const refused = (...details: readonly string[]) =>
    refusal(
      (who, whose) => `${who} may delete 1 user that ${whose} may declare under another id`,
      ...details,
    );

  test("the deletion is refused beside a user name that another set declares: it may be the user's", () => {
    expect(tellInBothOrders(leftByBob(), declaresName)).toMatchObject(
      refused("Plan again when GenAuth answers"),
    );
  });

  test("the deletion is refused beside a user name that another set retains", () => {
    expect(tellInBothOrders(leftByBob(), { type: USERNAME, retained: ["person1"] })).toMatchObject(refused());
  });

  test("the deletion is refused beside another identity, because a user may have two", () => {
    expect(tellInBothOrders(leftByBob(IDENTITY), declaring([ada], IDENTITY))).toMatchObject(refused());
  });

  test("the deletion by system user id is refused, although the set does not remember anybody", () => {
    expect(tellInBothOrders(leftUnseenBy([bob], USER_ID), declaresName)).toMatchObject(refused());
  });

  test("a set that does not remember the user is not refused, because no apply deletes the user then", () => {
    expect(tellInBothOrders(leftUnseenBy([bob]), declaresName)).toEqual(NOTHING);
  });

  test("the deletion may be planned beside a user name that is remembered as somebody else's", () => {
    const remembersAda = { ...declaresName, ...remembering(ada, USERNAME) };
    expect(tellInBothOrders(leftByBob(), remembersAda)).toEqual(NOTHING);
  });

  test("the deletion may be planned beside a user name that nobody has", () => {
    expect(tellInBothOrders(leftByBob(), { ...declaresName, ...nobodyHas("person1") })).toEqual(NOTHING);
  });

  test("the deletion by e-mail may be planned beside another address, because nobody has two", () => {
    expect(tellInBothOrders(leftByBob(), declaring([ada]))).toEqual(NOTHING);
  });

  test("the deletion may be planned beside a protected user name: no apply deletes the user who has it", () => {
    expect(tellInBothOrders(leftByBob(), declaresName, protecting(USERNAME, "person1"))).toEqual(NOTHING);
  });

  test("the deletion may be planned beside a set that declares nobody", () => {
    expect(tellInBothOrders(leftByBob(), { type: USERNAME })).toEqual(NOTHING);
  });
});

describe("while it is not known yet who will be declared in a set", () => {
  const open: PlannedSet = { type: EMAIL, isOpen: true };

  test("no other set may delete anybody", () => {
    expect(tellInBothOrders(leftBy([ada, bob]), open)).toMatchObject(
      refusal(
        (who, whose) => `${who} deletes 2 users while the users of ${whose} are not known yet`,
        "when it may be too late:\n  person1@example.com  L\n  person2@example.com  L\n",
      ),
    );
  });

  test("another set that keeps its leavers in GenAuth is not refused", () => {
    expect(tellInBothOrders(keeping(ada), open)).toEqual(NOTHING);
  });

  test("another set may delete users if not all protected users are known yet either", () => {
    expect(tellInBothOrders(leftBy([ada]), open, NOT_ALL_KNOWN)).toEqual(NOTHING);
  });

  describe("the set itself, from which any of its users may be removed,", () => {
    const mayLose: PlannedSet = {
      type: EMAIL,
      retained: [BOB],
      mayLeave: [ada, bob, eve].map((user) => [emailOf(user), "M"] as const),
    };
    const declaresAll = declaring([ada, bob, eve]);

    test("is refused for a user that another set declares, but not for a retained or a protected one", () => {
      expect(tellInBothOrders(mayLose, declaresAll, protecting(EMAIL, EVE))).toMatchObject(
        refusal(
          (who, whose) => `${who} may delete 1 user that ${whose} declares`,
          "are declared or retained by",
          `:\n  ${ADA}  M\n\n`,
        ),
      );
    });

    test("is not refused while not all protected users are known", () => {
      expect(tellInBothOrders(mayLose, declaresAll, NOT_ALL_KNOWN)).toEqual(NOTHING);
    });
  });
});
