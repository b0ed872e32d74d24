import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType, UserLookUps } from "../../../../src/users";
import { detectWrongPool } from "../../../../src/users/change/wrong-pool";
import { decideChange } from "../../../../src/users/change/decide";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";

const type = UserIdType.EMAIL;

/** Removes the first `leaving` of `held` users, in a pool with the users of the given numbers. */
async function detect(
  held: number,
  leaving: number,
  inPool: readonly number[] = [],
  { unseen = 0, others = [] }: { readonly unseen?: number; readonly others?: readonly DirectoryUser[] } = {},
) {
  const users = people(1, held);
  const ids = users.map((user) => idOf(user, type));
  const there = users.filter((_user, index) => inPool.includes(index + 1));
  const directory = new ModelDirectory([...there, ...others]);
  const { refusals } = await decideChange(
    unlimitedChange({
      type,
      prior: new Map(ids.map((id) => [id, ""])),
      declared: new Map(ids.slice(leaving).map((id) => [id, ""])),
      bindings: new Map(users.slice(unseen).map((user) => [idOf(user, type), user.userId])),
    }),
    contextOn(directory),
  );
  return refusals[0]?.detail;
}

describe("no removed user is in the pool", () => {
  test.each([
    { held: 2, leaving: 1 },
    { held: 4, leaving: 2 },
    { held: 200, leaving: 2 },
    { held: 5, leaving: 5 },
  ])("nor any other: with $leaving of $held removed, the pool counts as wrong", async ({ held, leaving }) => {
    expect(await detect(held, leaving)).toContain("GENAUTH_ACCEPT_EMPTY_POOL=1");
  });

  test.each([
    { title: "a remaining user is there", held: 4, leaving: 2, inPool: [4] },
    { title: "a tenth of the remaining users is there", held: 100, leaving: 60, inPool: [61, 70, 99, 100] },
    { title: "few users, and none remains", held: 4, leaving: 4, inPool: [] },
  ])("but $title: the pool is accepted", async ({ held, leaving, inPool }) => {
    expect(await detect(held, leaving, inPool)).toBeUndefined();
  });
});

test("a removed user is in the pool: the pool is accepted", async () => {
  expect(await detect(4, 2, [1])).toBeUndefined();
});

test("a removed user is in the pool under another id: the pool is accepted", async () => {
  const moved = person(1, { email: "another@example.com" });
  expect(await detect(4, 2, [], { others: [moved] })).toBeUndefined();
});

test("five or more users, all under other ids only, count as a wrong pool too", async () => {
  const changed = people(1, 5).map((user) => ({ ...user, email: `changed-${user.email ?? ""}` }));
  expect(await detect(5, 3, [], { others: changed })).toContain("All 5 users");
  expect(await detect(4, 2, [], { others: changed.slice(0, 4) })).toBeUndefined();
});

describe("a copy of the pool, in which the same ids are other users", () => {
  const copied = (from: number, to: number): DirectoryUser[] =>
    people(1, to)
      .slice(from - 1)
      .map((user, index) => ({ ...user, userId: `c${String(index).padStart(23, "0")}` }));

  test.each([
    { title: "all of it", held: 20, leaving: 2, others: copied(1, 20), says: "20 ids name another user" },
    { title: "half of it", held: 20, leaving: 2, others: copied(1, 10), says: "10 are absent, and 10 ids" },
    {
      title: "and all users are removed",
      held: 6,
      leaving: 6,
      others: copied(1, 6),
      says: "6 ids name another user",
    },
  ])("$title is a wrong pool", async ({ held, leaving, others, says }) => {
    expect(await detect(held, leaving, [], { others })).toContain(says);
  });

  test("a tenth of unchanged users prove that the pool is right", async () => {
    expect(await detect(20, 2, [19, 20], { others: copied(1, 18) })).toBeUndefined();
  });

  test("with fewer than five users, the pool is accepted", async () => {
    expect(await detect(4, 1, [], { others: copied(1, 4) })).toBeUndefined();
  });
});

test("fewer than a tenth of unchanged users count as none", async () => {
  expect(await detect(100, 60, [99])).toContain("1 is unchanged");
});

test("the detection counts users that were seen before and looked up, and nobody else", async () => {
  expect(await detect(7, 3, [], { unseen: 2 })).toContain("All 5 users");
  expect(await detect(100, 3)).toContain("All 53 users");
});

describe("a refresh after an apply that could not confirm its deletions", () => {
  const users = people(1, 100);
  const ids = users.map((user) => idOf(user, type));
  const known = {
    knownIds: new Set(ids),
    bindings: new Map(users.map((user) => [idOf(user, type), user.userId])),
  };

  async function wrongPoolAtRefresh(
    there: readonly DirectoryUser[],
    removed: number,
  ): Promise<string | undefined> {
    const resolutions = await new UserLookUps(new ModelDirectory(there)).resolve(ids, type);
    return detectWrongPool(known, ids, resolutions, new Set(ids.slice(0, removed)))?.summary;
  }

  test("accepts that the removed users are gone, because a remaining user is unchanged", async () => {
    expect(await wrongPoolAtRefresh(users.slice(95), 95)).toBeUndefined();
    expect(await wrongPoolAtRefresh(users.slice(99), 99)).toBeUndefined();
    expect(await wrongPoolAtRefresh(users.slice(95), 0)).toContain("Almost no user is the same");
  });

  test("detects a wrong pool if no remaining user is there, or nobody remains", async () => {
    expect(await wrongPoolAtRefresh([], 95)).toContain("None of the users");
    expect(await wrongPoolAtRefresh([], 97)).toContain("None of the users");
    expect(await wrongPoolAtRefresh([], 100)).toContain("None of the users");
  });
});
