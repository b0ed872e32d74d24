import { expect, test } from "@jest/globals";
import { type SetChange, UserIdType, UserLookUps } from "../../../../src/users";
import { decideChange, type DecidedChange } from "../../../../src/users/change/decide";
import { carryOut } from "../../../../src/users/change/carry-out";
import { survivorsOf, noCall } from "../../../../src/users/fate";
import { LOST } from "../../../support/users/failures";
import { EitherCase } from "../support/either-case";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, person, systemId, unlabelled } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";

const lower = (userId: string): string => userId.toLowerCase();
const upper = (userId: string): string => userId.toUpperCase();
const ID_TYPES = [UserIdType.USER_ID, UserIdType.EMAIL];

/** A set of three users with the first one removed, with given bindings and a given spelling of the server's ids. */
function setUp(
  type: UserIdType,
  bound: (userId: string) => string,
  shown: (userId: string) => string,
  change: Partial<SetChange> = {},
) {
  const users = people(1, 3);
  const model = new ModelDirectory(users);
  const directory = new EitherCase(model);
  directory.spell = shown;
  const written = (id: string): string => (type === UserIdType.USER_ID ? bound(id) : id);
  const ids = users.map((user) => written(idOf(user, type)));
  const bindings = new Map(users.map(({ userId }, index) => [ids[index] ?? "", bound(userId)]));
  const set = unlimitedChange({
    type,
    prior: unlabelled(ids),
    declared: unlabelled(ids.slice(1)),
    bindings,
    ...change,
  });
  const context = contextOn(directory);
  const decided = decideChange(set, context);
  const calls = { directory, maxAttempts: 3, confirmWithinMs: 0, sleep: () => Promise.resolve() };
  const apply = async (decision: DecidedChange) => {
    const { leaving } = await carryOut(set, decision, context, calls);
    const gone = leaving.flatMap(({ id, ending }) => (ending.kind === "gone" ? [id] : []));
    return { gone, survivors: survivorsOf(leaving) };
  };
  return { ids, model, directory, decided, apply, bindings };
}

test.each(
  ID_TYPES.flatMap((type) => [
    { type, spelling: "bound in upper, shown in lower case", bound: upper, shown: lower },
    { type, spelling: "bound in lower, shown in upper case", bound: lower, shown: upper },
  ]),
)("by $type, only the user $spelling is deleted", async ({ type, bound, shown }) => {
  const { ids, model, decided, apply } = setUp(type, bound, shown);
  const decision = await decided;
  expect(decision.leaving.map(({ fate }) => fate.kind)).toEqual(["delete"]);
  expect(await apply(decision)).toMatchObject({ gone: ids.slice(0, 1), survivors: [] });
  expect(model.deleted).toEqual([systemId(1)]);
});

test("a user who is still declared by an id with a binding in another spelling is kept", async () => {
  const declared = "alias@example.com";
  const { decided } = setUp(UserIdType.EMAIL, lower, lower, {
    declared: new Map([[declared, ""]]),
    prior: new Map([
      ["person1@example.com", ""],
      [declared, ""],
    ]),
    bindings: new Map([[declared, upper(systemId(1))]]),
  });
  expect((await decided).leaving.map(({ fate }) => fate)).toEqual([
    noCall({ kind: "declared_as", id: declared }),
  ]);
});

test("a user whose deletion was lost is sent again, even if the server now uses another spelling", async () => {
  const { ids, model, directory, decided, apply } = setUp(UserIdType.EMAIL, lower, lower);
  const decision = await decided;
  directory.spell = upper;
  model.fault = ({ method }, nth) => (method === "deleteUsers" && nth === 1 ? { failure: LOST } : undefined);
  expect(await apply(decision)).toMatchObject({ gone: ids.slice(0, 1), survivors: [] });
});

test("a user who is named in two spellings is deleted once", async () => {
  const { model, decided, apply } = setUp(UserIdType.EMAIL, lower, lower);
  const leaving = [lower, upper].map((spell, index) => ({
    id: index === 0 ? "person1@example.com" : "PERSON1@example.com",
    label: "",
    fate: { kind: "delete" as const, userId: spell(systemId(1)) },
  }));
  const { gone } = await apply({ ...(await decided), leaving });
  expect(gone).toEqual(leaving.map(({ id }) => id));
  expect(model.callsOf("deleteUsers").map(({ ids }) => ids)).toEqual([["person1@example.com"]]);
});

test("a look-up names a system user id in lower case, and other ids as they are written", async () => {
  const directory = new ModelDirectory(people(1, 3));
  const lookUps = new UserLookUps(directory);
  await lookUps.resolve([upper(systemId(1))], UserIdType.USER_ID);
  await lookUps.resolve(["PERSON1@example.com"], UserIdType.EMAIL);
  expect(directory.calls.map(({ ids }) => ids)).toEqual([[systemId(1)], ["PERSON1@example.com"]]);
});

test("a look-up treats one user in two spellings as one user", async () => {
  const { model, directory } = setUp(UserIdType.EMAIL, lower, (userId) => userId);
  model.findUsers = () =>
    Promise.resolve({ ok: true, value: [person(1), person(1, { userId: upper(systemId(1)) })] });
  const found = await new UserLookUps(directory).resolve(["person1@example.com"], UserIdType.EMAIL);
  expect([...found.values()].map(({ kind }) => kind)).toEqual(["found"]);
});

test("different spellings of an id in each answer are not a contradiction", async () => {
  const { directory } = setUp(UserIdType.PHONE, lower, lower);
  let answers = 0;
  directory.spell = (userId) => (answers++ % 2 === 0 ? lower : upper)(userId);
  const found = await new UserLookUps(directory).resolve(["+8613800000001", "13800000001"], UserIdType.PHONE);
  expect(answers).toBeGreaterThan(1);
  expect([...found.values()].map(({ kind }) => kind)).toEqual(["found", "found"]);
});
