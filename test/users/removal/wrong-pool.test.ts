import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, planRemovals, UserIdType, UserLookUps } from "../../../src/users";
import { ModelDirectory } from "../support/model-directory";
import { idOf, people, person } from "../support/people";
import { lenientPolicy } from "../support/policy";

const type = UserIdType.EMAIL;

/** `held` users are in a set, the first `leaving` of them leave it, and the pool holds those whose numbers are given. */
async function doubt(
  held: number,
  leaving: number,
  inPool: readonly number[] = [],
  { unseen = 0, others = [] }: { readonly unseen?: number; readonly others?: readonly DirectoryUser[] } = {},
) {
  const users = people(1, held);
  const ids = users.map((user) => idOf(user, type));
  const there = users.filter((_user, index) => inPool.includes(index + 1));
  const directory = new ModelDirectory([...there, ...others]);
  const { refusals } = await planRemovals(
    {
      type,
      prior: new Map(ids.map((id) => [id, ""])),
      declared: new Map(ids.slice(leaving).map((id) => [id, ""])),
      retained: [],
      bindings: new Map(users.slice(unseen).map((user) => [idOf(user, type), user.userId])),
    },
    lenientPolicy(),
    { lookUps: new UserLookUps(directory) },
  );
  return refusals[0]?.detail;
}

describe("none of those who leave is in the pool", () => {
  test.each([
    { held: 2, leaving: 1 },
    { held: 4, leaving: 2 },
    { held: 200, leaving: 2 },
    { held: 5, leaving: 5 },
  ])("nor anybody else: $leaving of $held leave, and the pool is doubted", async ({ held, leaving }) => {
    expect(await doubt(held, leaving)).toContain("GENAUTH_ACCEPT_EMPTY_POOL=1");
  });

  test.each([
    { title: "somebody who stays is", held: 4, leaving: 2, inPool: [4] },
    { title: "somebody who stays is, in a large set", held: 100, leaving: 60, inPool: [99] },
    { title: "nobody stays to ask about, and they are few", held: 4, leaving: 4, inPool: [] },
  ])("but $title: it is believed", async ({ held, leaving, inPool }) => {
    expect(await doubt(held, leaving, inPool)).toBeUndefined();
  });
});

test("somebody who leaves is in the pool: it is believed", async () => {
  expect(await doubt(4, 2, [1])).toBeUndefined();
});

test("somebody who leaves is in the pool under another id: it is believed", async () => {
  const moved = person(1, { email: "another@example.com" });
  expect(await doubt(4, 2, [], { others: [moved] })).toBeUndefined();
});

test("all of five or more are there under another id only: that is no less doubted", async () => {
  const changed = people(1, 5).map((user) => ({ ...user, email: `changed-${user.email ?? ""}` }));
  expect(await doubt(5, 3, [], { others: changed })).toContain("All 5 users");
  expect(await doubt(4, 2, [], { others: changed.slice(0, 4) })).toBeUndefined();
});

test("the doubt counts those who were seen before and looked up, and nobody else", async () => {
  expect(await doubt(7, 3, [], { unseen: 2 })).toContain("All 5 users");
  expect(await doubt(100, 3)).toContain("All 53 users");
});
