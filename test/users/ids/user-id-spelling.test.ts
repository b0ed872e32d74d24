import { expect, test } from "@jest/globals";
import {
  applyRemovals,
  planRemovals,
  type RemovalRequest,
  UserIdType,
  UserLookUps,
} from "../../../src/users";
import { LOST } from "../support/failures";
import { EitherCase } from "../support/either-case";
import { ModelDirectory } from "../support/model-directory";
import { idOf, people, person, systemId } from "../support/people";
import { lenientPolicy } from "../support/policy";

const lower = (userId: string): string => userId.toLowerCase();
const upper = (userId: string): string => userId.toUpperCase();
const ID_TYPES = [UserIdType.USER_ID, UserIdType.EMAIL];

/** A set of three users with the first one removed, with given bindings and a given spelling of the server's ids. */
function setUp(
  type: UserIdType,
  bound: (userId: string) => string,
  shown: (userId: string) => string,
  change: Partial<RemovalRequest> = {},
) {
  const users = people(1, 3);
  const model = new ModelDirectory(users);
  const directory = new EitherCase(model);
  directory.spell = shown;
  const written = (id: string): string => (type === UserIdType.USER_ID ? bound(id) : id);
  const ids = users.map((user) => written(idOf(user, type)));
  const bindings = new Map(users.map(({ userId }, index) => [ids[index] ?? "", bound(userId)]));
  const planned = planRemovals(
    {
      type,
      prior: new Map(ids.map((id) => [id, ""])),
      declared: new Map(ids.slice(1).map((id) => [id, ""])),
      retained: [],
      bindings,
      ...change,
    },
    lenientPolicy(),
    { lookUps: new UserLookUps(directory) },
  );
  const options = { directory, type, maxAttempts: 3, confirmWithinMs: 0, sleep: () => Promise.resolve() };
  return { ids, model, directory, planned, options, bindings };
}

test.each(
  ID_TYPES.flatMap((type) => [
    [type, "bound in upper, shown in lower case", upper, lower] as const,
    [type, "bound in lower, shown in upper case", lower, upper] as const,
  ]),
)("by %s, only the user %s is deleted", async (type, _, bound, shown) => {
  const { ids, model, planned, options } = setUp(type, bound, shown);
  const { removals } = await planned;
  expect(removals.map(({ outcome }) => outcome.kind)).toEqual(["delete"]);
  expect(await applyRemovals(removals, options)).toMatchObject({ gone: ids.slice(0, 1), survivors: [] });
  expect(model.deleted).toEqual([systemId(1)]);
});

test("a user who is still declared by an id with a binding in another spelling is kept", async () => {
  const declared = "alias@example.com";
  const { planned } = setUp(UserIdType.EMAIL, lower, lower, {
    declared: new Map([[declared, ""]]),
    prior: new Map([
      ["person1@example.com", ""],
      [declared, ""],
    ]),
    bindings: new Map([[declared, upper(systemId(1))]]),
  });
  expect((await planned).removals.map(({ outcome }) => outcome)).toEqual([
    { kind: "kept", reason: { kind: "declared_as", id: declared } },
  ]);
});

test("a user whose deletion was lost is sent again, even if the server now uses another spelling", async () => {
  const { ids, model, directory, planned, options } = setUp(UserIdType.EMAIL, lower, lower);
  const { removals } = await planned;
  directory.spell = upper;
  model.fault = ({ method }, nth) => (method === "deleteUsers" && nth === 1 ? { failure: LOST } : undefined);
  expect(await applyRemovals(removals, options)).toMatchObject({ gone: ids.slice(0, 1), survivors: [] });
});

test("a user who is named in two spellings is deleted once", async () => {
  const { model, options } = setUp(UserIdType.EMAIL, lower, lower);
  const removals = [lower, upper].map((spell, index) => ({
    id: index === 0 ? "person1@example.com" : "PERSON1@example.com",
    label: "",
    outcome: { kind: "delete" as const, userId: spell(systemId(1)) },
  }));
  const { gone } = await applyRemovals(removals, options);
  expect(gone).toEqual(removals.map(({ id }) => id));
  expect(model.callsOf("deleteUsers").map(({ ids }) => ids)).toEqual([["person1@example.com"]]);
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
