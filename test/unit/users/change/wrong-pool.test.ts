import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser } from "../../../../src/users";
import { detectWrongPool, detectWrongPoolAtRemoval } from "../../../../src/users/change/wrong-pool";
import { type Resolution, undecided } from "../../../../src/users/look-up/resolution";
import { emailOf, people, person } from "../../../support/users/people";

const everybody = people(1, 100);
const ids = everybody.map(emailOf);
const bindings = new Map(everybody.map((user) => [emailOf(user), user.userId]));
const stranger = person(999);

const absent: Resolution = { kind: "absent" };
const found = (user: DirectoryUser): Resolution => ({ kind: "found", userId: user.userId, user });
const same = (index: number): Resolution => found(everybody[index] ?? stranger);

/** What a look-up shows of the first ids: so many users who are who they were, and then so many of another kind. */
function lookedUp(unchanged: number, others: readonly Resolution[] = []): Map<string, Resolution> {
  const shown = [...Array.from({ length: unchanged }, (_, index) => same(index)), ...others];
  return new Map(shown.map((resolution, index) => [ids[index] ?? "", resolution]));
}

const times = (count: number, resolution: Resolution): Resolution[] =>
  Array<Resolution>(count).fill(resolution);

describe("of five or more users who were known, fewer than a tenth are still who they were", () => {
  const known = { knownIds: new Set(ids), bindings };
  const detailOf = (
    resolutions: ReadonlyMap<string, Resolution>,
    its: Parameters<typeof detectWrongPool>[0] = known,
  ) => detectWrongPool(its, resolutions)?.detail;

  test.each([
    { what: "five are absent", shown: lookedUp(0, times(5, absent)), says: "0 unchanged, 5 absent, 0 with" },
    {
      what: "ids name others",
      shown: lookedUp(0, times(6, found(stranger))),
      says: "6 with an id that names another",
    },
    {
      what: "an id names two others",
      shown: lookedUp(0, times(5, { kind: "several", users: [stranger, person(998)] })),
      says: "5 with an id that names another",
    },
    { what: "1 of 11 is unchanged", shown: lookedUp(1, times(10, absent)), says: "1 unchanged, 10 absent" },
    {
      what: "five answers of ten say so",
      shown: lookedUp(0, [...times(5, absent), ...times(5, undecided(""))]),
      says: "0 unchanged, 5 absent",
    },
  ])("it is another pool: $what", ({ shown, says }) => {
    expect(detailOf(shown)).toContain(says);
    expect(detailOf(shown)).toContain("GENAUTH_ACCEPT_EMPTY_POOL=1");
  });

  test.each([
    { what: "only four are absent", shown: lookedUp(0, times(4, absent)) },
    { what: "one of ten is unchanged", shown: lookedUp(1, times(9, absent)) },
    {
      what: "the unchanged one shares the id with somebody else",
      shown: lookedUp(0, [{ kind: "several", users: [stranger, person(1)] }, ...times(9, absent)]),
    },
    {
      what: "the system user id is in upper case",
      shown: lookedUp(0, [
        found({ ...person(1), userId: person(1).userId.toUpperCase() }),
        ...times(9, absent),
      ]),
    },
    {
      what: "only four look-ups were answered",
      shown: lookedUp(0, [...times(4, absent), ...times(6, undecided(""))]),
    },
  ])("it is not: $what", ({ shown }) => {
    expect(detailOf(shown)).toBeUndefined();
  });

  test("ids that were never found say nothing", () => {
    const four = { knownIds: new Set(ids.slice(0, 4)), bindings };
    expect(detailOf(lookedUp(0, times(10, absent)), four)).toBeUndefined();
  });

  test("without a memory of system user ids, whoever has an id counts as unchanged", () => {
    expect(detailOf(lookedUp(0, times(10, found(stranger))), { knownIds: new Set(ids) })).toBeUndefined();
  });

  test("the message says which mistakes it may be", () => {
    const empty = detectWrongPool(known, lookedUp(0, times(5, absent)));
    expect(empty?.summary).toBe("None of the users is in this pool");
    expect(empty?.detail).toContain("a key without permission to read users");
    const copied = detectWrongPool(known, lookedUp(0, times(5, found(stranger))));
    expect(copied?.summary).toBe("Almost no user is the same in this pool");
    expect(copied?.detail).toContain("a copy of the right one");
    const mixed = detectWrongPool(known, lookedUp(1, [found(stranger), ...times(20, absent)]));
    expect(mixed?.summary).toBe("Almost no user is the same in this pool");
  });

  describe("and an earlier apply was to delete some of them", () => {
    /** The last of 100 users are unchanged, and all others absent. The first were to be deleted. */
    const isWrong = (unchanged: number, leaving: number): boolean => {
      const shown = new Map(ids.map((id, index) => [id, index >= 100 - unchanged ? same(index) : absent]));
      return detectWrongPool(known, shown, new Set(ids.slice(0, leaving))) !== undefined;
    };

    test("their absence says nothing if five others are known", () => {
      expect(isWrong(5, 95)).toBe(false);
      expect(isWrong(5, 0)).toBe(true);
    });

    test("and counts if fewer are", () => {
      expect(isWrong(0, 97)).toBe(true);
      expect(isWrong(0, 100)).toBe(true);
    });
  });
});

describe("before a removal", () => {
  /** Removes the first ids, which look-ups show so. Of those who stay, look-ups show what is given. */
  async function remove(
    leaving: readonly Resolution[],
    staying: readonly Resolution[],
    knownIds: ReadonlySet<string> = new Set(ids),
  ) {
    const removed = ids.slice(0, leaving.length);
    const declared = ids.slice(leaving.length, leaving.length + staying.length);
    const asked: string[] = [];
    const message = await detectWrongPoolAtRemoval({
      knownIds,
      bindings,
      removed,
      declared,
      resolutions: new Map(removed.map((id, index) => [id, leaving[index] ?? absent])),
      lookUp: (some) => {
        asked.push(...some);
        return Promise.resolve(new Map(some.map((id) => [id, staying[declared.indexOf(id)] ?? absent])));
      },
    });
    return { detail: message?.detail, asked: asked.length };
  }

  test("nobody else is looked up if a tenth of those who leave are who they were", async () => {
    expect(await remove([same(0), ...times(9, absent)], times(50, absent))).toEqual({ asked: 0 });
  });

  test("nobody else is looked up if no look-up of those who leave was answered", async () => {
    expect(await remove(times(3, undecided("")), times(5, absent))).toEqual({ asked: 0 });
  });

  test("those who leave are gone: a look-up of those who stay shows whether it is the pool", async () => {
    expect(await remove(times(3, absent), [same(3), same(4), ...times(3, absent)])).toEqual({ asked: 5 });
    const wrong = await remove(times(3, absent), times(5, absent));
    expect(wrong.detail).toContain("0 unchanged, 5 absent");
  });

  test("up to 50 of those who stay are looked up", async () => {
    const { detail, asked } = await remove(times(2, absent), times(60, absent));
    expect(asked).toBe(50);
    expect(detail).toContain("0 unchanged, 50 absent");
  });

  test("those who stay and were never found are not looked up", async () => {
    const known = new Set([...ids.slice(0, 2), ...ids.slice(-5)]);
    expect(await remove(times(2, absent), times(98, absent), known)).toMatchObject({ asked: 5 });
  });

  test("with fewer than five who stay, those who leave count, too", async () => {
    expect((await remove(times(3, absent), times(2, found(stranger)))).detail).toContain(
      "3 absent, 2 with an id that names another",
    );
    expect((await remove(times(5, absent), [])).detail).toContain("0 unchanged, 5 absent");
  });

  test("fewer than five users who were known count as gone", async () => {
    expect((await remove(times(2, absent), times(2, absent))).detail).toBeUndefined();
    expect((await remove(times(4, absent), [])).detail).toBeUndefined();
  });
});
