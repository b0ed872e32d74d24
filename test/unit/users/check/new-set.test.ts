import { describe, expect, test } from "@jest/globals";
import { PlannedSets, UserIdType, UserLookUps } from "../../../../src/users";
import {
  checkNewSet,
  createSet,
  type NewSet,
  type NewSetContext,
  planNewSet,
} from "../../../../src/users/check/new-set";
import { REFUSED } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, people, systemId, unlabelled } from "../../../support/users/people";
import { numbers, numbersFrom } from "../../../support/users/user-pool";
import { NOBODY_PROTECTED } from "../support/two-sets";

const { EMAIL, EXTERNAL_ID } = UserIdType;

/** A new set of e-mail addresses. */
function declaring(ids: readonly string[], set: Partial<NewSet> = {}): NewSet {
  return { type: EMAIL, declared: unlabelled(ids), allowMissingUsers: false, ...set };
}

/** How a pool of 10 users is looked up. Look-ups of these ids are refused. */
function contextOf(...refused: readonly string[]) {
  const directory = new ModelDirectory(people(1, 10));
  directory.fault = ({ ids }) => (refused.some((id) => ids.includes(id)) ? { failure: REFUSED } : undefined);
  return { lookUps: new UserLookUps(directory), pool: "https://pool.example.com" };
}

const emails = (last: number) => numbers(last).map((number) => emailOf(number));
/** So many ids that nobody has. */
const absent = (count: number) => numbersFrom(101, 100 + count).map((number) => emailOf(number));
const summaries = (messages: readonly { readonly summary: string }[]) =>
  messages.map(({ summary }) => summary);

describe("a new set is refused", () => {
  const refusalsOf = async (set: NewSet, ...refused: readonly string[]) =>
    (await checkNewSet(set, contextOf(...refused))).refusals;

  test("if none of five users is found, with the pool and the type", async () => {
    const [refusal, ...others] = await refusalsOf(declaring(absent(5)));
    expect(others).toEqual([]);
    expect(refusal?.summary).toBe("None of the 5 users of this new set is in GenAuth");
    expect(refusal?.detail).toContain(
      "The pool at https://pool.example.com has no user with any of these ids",
    );
    expect(refusal?.detail).toContain("not found as ids of another type either (5 were tried)");
  });

  test("with the type by which the ids are found", async () => {
    const userNames = numbers(5).map((number) => `person${number}`);
    const [refusal] = await refusalsOf(declaring(userNames, { type: EXTERNAL_ID }));
    expect(refusal?.detail).toContain(
      'As username, 5 of the 5 tried ids are found: set user_id_type = "username".',
    );
    expect(refusal?.detail).not.toContain("of another type either");
  });

  test("although a few look-ups are refused", async () => {
    const ids = absent(6);
    expect(await refusalsOf(declaring(ids), ...ids.slice(0, 1))).toHaveLength(1);
  });

  test("not if half of the look-ups are refused", async () => {
    const ids = absent(10);
    expect(await refusalsOf(declaring(ids), ...ids.slice(0, 5))).toEqual([]);
  });

  test("not if one user is found, only four are missing, or missing users are allowed", async () => {
    expect(await refusalsOf(declaring([...absent(9), ...emails(1)]))).toEqual([]);
    expect(await refusalsOf(declaring(absent(4)))).toEqual([]);
    expect(await refusalsOf(declaring(absent(5), { allowMissingUsers: true }))).toEqual([]);
  });
});

describe("of a new set is told", () => {
  const toldOf = async (set: NewSet, ...refused: readonly string[]) =>
    (await checkNewSet(set, contextOf(...refused))).told;

  test("nothing if everybody is found", async () => {
    expect(await toldOf(declaring(emails(3)))).toEqual([]);
  });

  test("who is not found, and who could not be looked up", async () => {
    const [bad = ""] = emails(1);
    const told = await toldOf(declaring([...emails(3), ...absent(1)]), bad);
    expect(summaries(told)).toEqual([
      "1 of 4 declared users not found in GenAuth",
      "1 of 4 declared users could not be looked up",
    ]);
    expect(told[0]?.detail).toContain(absent(1)[0]);
    expect(told[1]?.detail).toContain(REFUSED.message);
  });
});

describe("the plan of a new set says", () => {
  const planOf = (context: NewSetContext | undefined) =>
    planNewSet({ ...declaring(absent(5)), retained: [], isOpen: false }, context, {
      ...NOBODY_PROTECTED,
      plannedSets: new PlannedSets(),
    });

  test("as an error why it is refused", async () => {
    expect(await planOf(contextOf())).toMatchObject([
      { isError: true, summary: "None of the 5 users of this new set is in GenAuth" },
    ]);
  });

  test("nothing while no pool can be reached", async () => {
    expect(await planOf(undefined)).toEqual([]);
  });
});

describe("a set that is created", () => {
  const ids = [...emails(2), ...absent(1)];

  test("binds those who are found, and knows who is missing", async () => {
    const { memory, drift, told } = await createSet(declaring(ids), contextOf());
    expect(memory.bindings).toEqual(new Map(emails(2).map((id, index) => [id, systemId(index + 1)])));
    expect(drift).toEqual({ missing: absent(1), survivors: [], locked_out: [] });
    expect(told).toEqual([]);
  });

  test("knows no drift while a look-up fails, and tells that", async () => {
    const { memory, drift, told } = await createSet(declaring(ids), contextOf(...emails(1)));
    expect([...memory.bindings.keys()]).toEqual([emailOf(2)]);
    expect(drift).toBeUndefined();
    expect(summaries(told)).toEqual(["The set was created without looking up its users"]);
    expect(told[0]?.detail).toContain("1 of 3 users could not be looked up");
  });

  test("binds nobody if no pool can be reached", async () => {
    const { memory, drift, told } = await createSet(declaring(ids), undefined);
    expect(memory.bindings.size).toBe(0);
    expect(drift).toBeUndefined();
    expect(told[0]?.detail).toContain("3 of 3 users could not be looked up");
  });
});
