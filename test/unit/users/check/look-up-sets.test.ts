import { describe, expect, test } from "@jest/globals";
import { UserIdType, UserLookUps } from "../../../../src/users";
import { lookUpSets, type SetOfState } from "../../../../src/users/check/look-up-sets";
import { OUTAGE, REFUSED, WRONG_KEY } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, people, person } from "../../../support/users/people";
import { numbers } from "../../../support/users/user-pool";

const { EMAIL, EXTERNAL_ID, USERNAME } = UserIdType;
const emails = (last: number, from = 1) =>
  new Map(numbers(last, from).map((number) => [emailOf(number), ""]));
const userNames = (last: number) => new Map(numbers(last).map((number) => [`person${number}`, ""]));

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

/** What look-ups say of the sets in a pool of these users. */
async function check(
  sets: readonly SetOfState[],
  pool = new ModelDirectory(people(1, 10)),
  acceptEmptyPool = false,
) {
  const checked = await lookUpSets(sets, { lookUps: new UserLookUps(pool), acceptEmptyPool });
  if ("doubt" in checked) return { doubt: checked.doubt };
  const kinds = checked.resolved.map(({ resolutions }) =>
    Object.fromEntries([...resolutions].map(([id, { kind }]) => [id, kind])),
  );
  return { kinds };
}

test("all users of all sets are looked up: declared ones, survivors, and those who wait", async () => {
  const first = setOf({ declared: emails(1), survivors: emails(2, 2), suspended: emails(11, 11) });
  const second = setOf({ userIdType: USERNAME, declared: userNames(1) });
  expect(await check([first, second])).toEqual({
    kinds: [{ [emailOf(1)]: "found", [emailOf(2)]: "found", [emailOf(11)]: "absent" }, { person1: "found" }],
  });
});

describe("a failed look-up", () => {
  const failing = (failure: typeof OUTAGE, ...ids: readonly string[]) => {
    const pool = new ModelDirectory(people(1, 10));
    pool.fault = (call) => (ids.some((id) => call.ids.includes(id)) ? { failure } : undefined);
    return pool;
  };

  test.each([
    { when: "in an outage", failure: OUTAGE },
    { when: "by a key that is refused meanwhile", failure: WRONG_KEY },
  ])("$when says nothing of any set", async ({ failure }) => {
    const sets = [setOf({ declared: emails(3) }), setOf({ userIdType: USERNAME, declared: userNames(2) })];
    expect(await check(sets, failing(failure, "person1"))).toEqual({
      doubt: { kind: "outage", why: failure.message, failed: 2, asked: 5 },
    });
  });

  test("of everybody is an outage, too", async () => {
    const everybody = emails(3);
    expect(await check([setOf({ declared: everybody })], failing(REFUSED, ...everybody.keys()))).toEqual({
      doubt: { kind: "outage", why: REFUSED.message, failed: 3, asked: 3 },
    });
  });

  test("of one id says nothing of that id only", async () => {
    expect(await check([setOf({ declared: emails(2) })], failing(REFUSED, emailOf(1)))).toEqual({
      kinds: [{ [emailOf(1)]: "undecided", [emailOf(2)]: "found" }],
    });
  });
});

describe("a wrong id type", () => {
  test("is in doubt if nobody is found by it, and somebody by another one", async () => {
    const set = setOf({ userIdType: EXTERNAL_ID, declared: userNames(2) });
    expect(await check([setOf({}), set])).toEqual({
      doubt: { kind: "wrong_type", set, likely: { type: USERNAME, found: 2, tried: 2 } },
    });
  });

  test("is not in doubt if one declared id is found", async () => {
    const declared = new Map([...userNames(2), ["E-3", ""]]);
    expect(await check([setOf({ userIdType: EXTERNAL_ID, declared })])).toEqual({
      kinds: [{ person1: "absent", person2: "absent", "E-3": "found" }],
    });
  });
});

describe("a wrong pool", () => {
  const nobody = () => new ModelDirectory([person(100)]);

  test("is in doubt if five who were there before are not", async () => {
    const set = setOf({ declared: emails(5) });
    expect(await check([setOf({ declared: emails(100, 100) }), set], nobody())).toMatchObject({
      doubt: { kind: "wrong_pool", set, message: { summary: "None of the users is in this pool" } },
    });
  });

  test("is in doubt with the number of those who are found, without those who wait", async () => {
    const set = setOf({ declared: emails(30, 20), suspended: emails(14, 13) });
    const pool = new ModelDirectory([person(20)]);
    expect(await check([set], pool)).toMatchObject({ doubt: { kind: "wrong_pool", found: 1, asked: 11 } });
  });

  test("is not in doubt if they were missing before", async () => {
    const declared = emails(5);
    const missingBefore = new Set(declared.keys());
    expect(await check([setOf({ declared, missingBefore })], nobody())).toHaveProperty("kinds");
  });

  test("is not in doubt if look-ups hide those who wait", async () => {
    const set = setOf({ declared: emails(100, 100), suspended: emails(25, 11) });
    expect(await check([set], nobody())).toHaveProperty("kinds");
  });

  test("is accepted if the operator says so", async () => {
    expect(await check([setOf({ declared: emails(5) })], nobody(), true)).toHaveProperty("kinds");
  });
});
