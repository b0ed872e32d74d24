import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType, UserLookUps } from "../../../../src/users";
import { detectWrongPool, detectWrongPoolAtRemoval } from "../../../../src/users/change/wrong-pool";
import { decideChange } from "../../../../src/users/change/decide";
import { type Resolution, undecided } from "../../../../src/users/look-up/resolution";
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
  expect(await detect(5, 3, [], { others: changed })).toContain("0 unchanged, 5 absent");
  expect(await detect(4, 2, [], { others: changed.slice(0, 4) })).toBeUndefined();
});

describe("a copy of the pool, in which the same ids are other users", () => {
  const copied = (from: number, to: number): DirectoryUser[] =>
    people(1, to)
      .slice(from - 1)
      .map((user, index) => ({ ...user, userId: `c${String(index).padStart(23, "0")}` }));

  test.each([
    {
      title: "all of it",
      held: 20,
      leaving: 2,
      others: copied(1, 20),
      says: "20 with an id that names another user",
    },
    { title: "half of it", held: 20, leaving: 2, others: copied(1, 10), says: "10 absent, 10 with" },
    {
      title: "and all users are removed",
      held: 6,
      leaving: 6,
      others: copied(1, 6),
      says: "6 with an id that names another user",
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
  expect(await detect(100, 60, [99])).toContain("1 unchanged, 99 absent");
  const others = [person(1, { userId: person(99).userId })];
  const detail = await detect(20, 2, [20], { others });
  expect(detail).toContain("1 unchanged, 18 absent, 1 with an id that names another user");
});

test("the detection counts users that were seen before and looked up, and nobody else", async () => {
  expect(await detect(7, 3, [], { unseen: 2 })).toContain("0 unchanged, 5 absent");
  expect(await detect(100, 3)).toContain("0 unchanged, 53 absent");
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

describe("of users who were in the pool before", () => {
  const others = people(1, 10);
  const ids = others.map((user) => idOf(user, type));
  const bindings = new Map(others.map((user) => [idOf(user, type), user.userId]));
  const known = { knownIds: new Set(ids), bindings };
  const absent: Resolution = { kind: "absent" };
  const found = (user: DirectoryUser): Resolution => ({ kind: "found", userId: user.userId, user });
  const resolve = (resolutions: readonly Resolution[]) =>
    new Map(resolutions.map((resolution, index) => [ids[index] ?? "", resolution]));
  const absentBut = (...some: readonly Resolution[]) =>
    resolve([...some, ...Array<Resolution>(10 - some.length).fill(absent)]);
  const [ada = person(1)] = others;
  const stranger = person(99);

  test.each<[string, ReadonlyMap<string, Resolution>]>([
    ["one is unchanged", absentBut(found(ada))],
    ["one shares the id with somebody else", absentBut({ kind: "several", users: [stranger, ada] })],
    [
      "one has a system user id in upper case",
      absentBut(found({ ...ada, userId: ada.userId.toUpperCase() })),
    ],
    ["one was not looked up", resolve(Array<Resolution>(9).fill(absent))],
    [
      "four were looked up, and no other look-up was answered",
      resolve([...Array<Resolution>(4).fill(absent), ...Array<Resolution>(6).fill(undecided(""))]),
    ],
  ])("%s: the pool is accepted", (_, resolutions) => {
    expect(detectWrongPool(known, ids, resolutions)).toBeUndefined();
  });

  test.each<[string, ReadonlyMap<string, Resolution>, string]>([
    ["none", absentBut(), "0 unchanged, 10 absent"],
    [
      "one, who is somebody else now,",
      absentBut(found(stranger)),
      "0 unchanged, 9 absent, 1 with an id that names another",
    ],
    [
      "one, whose id two others share,",
      absentBut({ kind: "several", users: [stranger, person(98)] }),
      "9 absent, 1 with an id that names another",
    ],
    [
      "five of five whose look-up was answered",
      resolve([...Array<Resolution>(5).fill(absent), ...Array<Resolution>(5).fill(undecided(""))]),
      "0 unchanged, 5 absent",
    ],
    [
      "two, who are others now,",
      absentBut(found(stranger), found(person(98))),
      "8 absent, 2 with an id that names another",
    ],
  ])("%s is there: the pool counts as wrong", (_, resolutions, says) => {
    expect(detectWrongPool(known, ids, resolutions)?.detail).toContain(says);
  });

  test("the message says which mistakes it may be", () => {
    const empty = detectWrongPool(known, ids, absentBut());
    expect(empty?.summary).toBe("None of the users is in this pool");
    expect(empty?.detail).toContain("a key without permission to read users");
    const copied = detectWrongPool(known, ids, absentBut(found(stranger)));
    expect(copied?.summary).toBe("Almost no user is the same in this pool");
    expect(copied?.detail).toContain("a copy of the right one");
  });

  test("without bindings, whoever has the id is unchanged", () => {
    expect(detectWrongPool({ knownIds: new Set(ids) }, ids, absentBut(found(stranger)))).toBeUndefined();
  });

  test("ids that were never seen say nothing at a refresh", () => {
    const detect = (seen: number, resolutions: ReadonlyMap<string, Resolution>) =>
      detectWrongPool({ ...known, knownIds: new Set(ids.slice(0, seen)) }, ids, resolutions)?.detail;
    expect(detect(4, absentBut())).toBeUndefined();
    const newcomers = others.slice(5).map(found);
    expect(detect(5, resolve([...Array<Resolution>(5).fill(absent), ...newcomers]))).toContain(
      "0 unchanged, 5 absent",
    );
  });

  test("ids that were never seen say nothing at a removal", async () => {
    const removeOnly = async (seen: readonly string[], removed: number) => {
      const asked: string[] = [];
      const message = await detectWrongPoolAtRemoval({
        bindings,
        knownIds: new Set(seen),
        removed: ids.slice(0, removed),
        declared: ids.slice(removed),
        resolutions: absentBut(),
        boundUsers: new Map(),
        lookUp: (some) => {
          asked.push(...some);
          return Promise.resolve(new Map(some.map((id) => [id, found(stranger)])));
        },
      });
      return { isWrong: message !== undefined, asked };
    };
    // Nobody who was seen stays.
    expect(await removeOnly(ids.slice(0, 5), 5)).toEqual({ isWrong: true, asked: [] });
    // Few were seen, and one of them is there under another account: an id passed on.
    const [first = "", last = ""] = [ids[0], ids[9]];
    expect(await removeOnly([first, last], 5)).toEqual({ isWrong: false, asked: [last] });
  });

  /** Removes the first of them, who name nobody now. */
  async function removeFirst(removed: number, staying: readonly Resolution[], left: Resolution = absent) {
    const asked: string[] = [];
    const its = ids.slice(removed, removed + staying.length);
    const message = await detectWrongPoolAtRemoval({
      ...known,
      removed: ids.slice(0, removed),
      declared: its,
      resolutions: new Map(ids.slice(0, removed).map((id) => [id, left])),
      boundUsers: new Map(),
      lookUp: (some) => {
        asked.push(...some);
        return Promise.resolve(new Map(some.map((id, index) => [id, staying[index] ?? absent])));
      },
    });
    return { detail: message?.detail, asked: asked.length };
  }

  test.each<[string, number, readonly Resolution[], Resolution, string | undefined, number]>([
    ["and those who stay are too", 3, [absent, absent], absent, "0 unchanged, 5 absent", 2],
    [
      "and those who stay are others now",
      3,
      [found(stranger), found(stranger)],
      absent,
      "2 with an id that names another",
      2,
    ],
    ["and nobody stays", 5, [], absent, "0 unchanged, 5 absent", 0],
    ["and one of few stays, whose look-up fails", 2, [undecided("")], absent, undefined, 1],
    ["and those who stay could not be looked up", 4, [undecided(""), undecided("")], absent, undefined, 2],
    ["or could not be looked up", 3, [absent, absent], undecided(""), undefined, 0],
    ["or is somebody else now, in a small set", 1, [absent, absent], found(stranger), undefined, 0],
  ])("everybody who leaves is absent %s, case %#", async (_, removed, staying, left, says, asked) => {
    const result = await removeFirst(removed, staying, left);
    expect(result.asked).toBe(asked);
    if (says === undefined) expect(result.detail).toBeUndefined();
    else expect(result.detail).toContain(says);
  });
});
