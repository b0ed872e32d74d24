import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType, UserLookUps } from "../../../../src/users";
import { lookUpSets, type SetOfState } from "../../../../src/users/check/look-up-sets";
import { OUTAGE, REFUSED, WRONG_KEY } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, idOf, people, person, unlabelled } from "../../../support/users/people";

const { EMAIL, EXTERNAL_ID, USERNAME } = UserIdType;
const idsOf = (type: UserIdType, users: readonly DirectoryUser[]) =>
  unlabelled(users.map((user) => idOf(user, type)));
const emailsOf = (users: readonly DirectoryUser[]) => idsOf(EMAIL, users);
const userNamesOf = (users: readonly DirectoryUser[]) => idsOf(USERNAME, users);

/** A set of e-mail addresses, as a state has it. */
function setOf(set: Partial<SetOfState>): SetOfState {
  return {
    userIdType: EMAIL,
    declared: new Map(),
    survivors: new Map(),
    suspended: new Map(),
    missingBefore: new Set(),
    ...set,
  };
}

/** What look-ups say of the sets; by default, the pool has persons 1 to 10. */
async function check(
  sets: readonly SetOfState[],
  { pool = new ModelDirectory(people(1, 10)), acceptEmptyPool = false } = {},
) {
  const checked = await lookUpSets(sets, { lookUps: new UserLookUps(pool), acceptEmptyPool });
  if ("doubt" in checked) return { doubt: checked.doubt };
  const kinds = checked.resolved.map(({ resolutions }) =>
    Object.fromEntries([...resolutions].map(([id, { kind }]) => [id, kind])),
  );
  return { kinds };
}

test("all users of all sets are looked up: declared, surviving and suspended ones", async () => {
  const first = setOf({
    declared: emailsOf([person(1)]),
    survivors: emailsOf([person(2)]),
    suspended: emailsOf([person(11)]),
  });
  const second = setOf({ userIdType: USERNAME, declared: userNamesOf([person(1)]) });
  expect(await check([first, second])).toEqual({
    kinds: [{ [emailOf(1)]: "found", [emailOf(2)]: "found", [emailOf(11)]: "absent" }, { person1: "found" }],
  });
});

describe("a failed look-up", () => {
  test.each([
    { why: "of an outage", failure: OUTAGE },
    { why: "the key is wrong", failure: WRONG_KEY },
  ])("puts all sets in doubt if it fails because $why", async ({ failure }) => {
    const pool = new ModelDirectory(people(1, 10));
    pool.fault = ({ type }) => (type === USERNAME ? { failure } : undefined);
    const seen = setOf({ declared: emailsOf(people(1, 3)) });
    const unseen = setOf({ userIdType: USERNAME, declared: userNamesOf(people(1, 2)) });
    expect(await check([seen, unseen], { pool })).toEqual({
      doubt: { kind: "outage", why: failure.message, failed: 2, asked: 5 },
    });
  });

  test("counts as an outage if GenAuth refuses the look-up of every id", async () => {
    const pool = new ModelDirectory(people(1, 10));
    pool.fault = () => ({ failure: REFUSED });
    expect(await check([setOf({ declared: emailsOf(people(1, 3)) })], { pool })).toEqual({
      doubt: { kind: "outage", why: REFUSED.message, failed: 3, asked: 3 },
    });
  });

  test("leaves only one id undecided if GenAuth refuses each call with this id", async () => {
    const pool = new ModelDirectory(people(1, 10));
    pool.fault = ({ ids }) => (ids.includes(emailOf(1)) ? { failure: REFUSED } : undefined);
    // The first call has both ids. Then each is looked up alone.
    expect(await check([setOf({ declared: emailsOf(people(1, 2)) })], { pool })).toEqual({
      kinds: [{ [emailOf(1)]: "undecided", [emailOf(2)]: "found" }],
    });
  });
});

describe("the id type of a set", () => {
  test("is in doubt if nobody is found by it, and another type finds users", async () => {
    const set = setOf({ userIdType: EXTERNAL_ID, declared: userNamesOf(people(1, 2)) });
    expect(await check([setOf({}), set])).toEqual({
      doubt: { kind: "wrong_type", set, likely: { type: USERNAME, found: 2, tried: 2 } },
    });
  });

  test("is not in doubt if it finds one user", async () => {
    const rightId = idOf(person(3), EXTERNAL_ID);
    const declared = unlabelled([...userNamesOf(people(1, 2)).keys(), rightId]);
    expect(await check([setOf({ userIdType: EXTERNAL_ID, declared })])).toEqual({
      kinds: [{ person1: "absent", person2: "absent", [rightId]: "found" }],
    });
  });
});

describe("the pool", () => {
  const poolOfPerson100 = () => new ModelDirectory([person(100)]);

  test("is in doubt if none of five users of a set is in it", async () => {
    const right = setOf({ declared: emailsOf([person(100)]) });
    const wrong = setOf({ declared: emailsOf(people(1, 5)) });
    expect(await check([right, wrong], { pool: poolOfPerson100() })).toMatchObject({
      doubt: { kind: "wrong_pool", set: wrong, message: { summary: "None of the users is in this pool" } },
    });
  });

  test("is not in doubt if four users are absent, who may really be gone", async () => {
    const set = setOf({ declared: emailsOf(people(1, 4)) });
    expect(await check([set], { pool: poolOfPerson100() })).toHaveProperty("kinds");
  });

  test("is in doubt if fewer than a tenth of the users are in it, not counting suspended ones", async () => {
    const set = setOf({ declared: emailsOf(people(90, 100)), suspended: emailsOf(people(1, 2)) });
    expect(await check([set], { pool: poolOfPerson100() })).toMatchObject({
      doubt: { kind: "wrong_pool", found: 1, asked: 11 },
    });
  });

  test("is not in doubt if a tenth of the users are in it", async () => {
    const set = setOf({ declared: emailsOf(people(91, 100)) });
    expect(await check([set], { pool: poolOfPerson100() })).toHaveProperty("kinds");
  });

  test("is not in doubt if the users were missing at the last look-up, too", async () => {
    const declared = emailsOf(people(1, 5));
    const set = setOf({ declared, missingBefore: new Set(declared.keys()) });
    expect(await check([set], { pool: poolOfPerson100() })).toHaveProperty("kinds");
  });

  test("is not in doubt if only suspended users are absent, because a look-up may hide them", async () => {
    const set = setOf({ declared: emailsOf([person(100)]), suspended: emailsOf(people(1, 15)) });
    expect(await check([set], { pool: poolOfPerson100() })).toHaveProperty("kinds");
  });

  test("is accepted without its users if the operator says so", async () => {
    const set = setOf({ declared: emailsOf(people(1, 5)) });
    expect(await check([set], { pool: poolOfPerson100(), acceptEmptyPool: true })).toHaveProperty("kinds");
  });
});
