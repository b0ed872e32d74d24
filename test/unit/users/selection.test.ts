import { describe, expect, test } from "@jest/globals";
import { type RecordList, UserIdType, UserLookUps } from "../../../src/users";
import type { Progress } from "../../../src/users/progress";
import { lookUpUsers, readRecords } from "../../../src/users/selection/look-up-users";
import type { PoolRecord } from "../../../src/users/selection/record-list";
import { selectEverybody } from "../../../src/users/selection/select-everybody";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { people } from "../../support/users/people";

const records = (count: number): PoolRecord[] =>
  people(1, count).map((user) => ({ ...user, shown: { lastLogin: null } }));

/** Lists these users, page by page, and reads no more of them. */
function listOf(users: readonly PoolRecord[], pageSize = users.length): RecordList {
  return {
    async *listRecords() {
      for (let at = 0; at < users.length; at += pageSize)
        yield await Promise.resolve({
          ok: true,
          value: { users: users.slice(at, at + pageSize), total: users.length },
        });
    },
    readRecords: (userIds) =>
      Promise.resolve({ ok: true, value: users.filter(({ userId }) => userIds.includes(userId)) }),
  };
}

describe("everybody in the pool", () => {
  test("is listed by an id, and each page is progress", async () => {
    const list = listOf(records(5), 2);
    const progress: Progress[] = [];

    const selected = await selectEverybody(list, UserIdType.USERNAME, {
      onProgress: (read) => void progress.push(read),
    });

    expect(selected).toEqual({
      users: new Map(
        records(5).map((record) => [record.username, { userId: record.userId, name: record.name, record }]),
      ),
    });
    expect(progress).toEqual([
      { done: 2, total: 5 },
      { done: 4, total: 5 },
      { done: 5, total: 5 },
    ]);
    expect(await selectEverybody(list, UserIdType.USERNAME)).toEqual(selected);
  });

  test("is not listed by an id that several users share; the first 20 of these ids are named", async () => {
    const twice = (count: number) => {
      const users = records(count);
      return listOf([...users, ...users.map((user) => ({ ...user, userId: `twin of ${user.userId}` }))]);
    };
    const linesOf = async (list: RecordList) => {
      const selected = await selectEverybody(list, UserIdType.USERNAME);
      if (!("problem" in selected)) throw new Error("There is no problem.");
      expect(selected.problem.summary).toBe("The id type username does not tell the users apart");
      return selected.problem.detail.split("\n").slice(1);
    };
    const [user] = records(1);
    const sharing = ["a", "b", "c"].flatMap((userId) => records(1).map((each) => ({ ...each, userId })));

    expect(await linesOf(listOf(sharing))).toEqual([
      "  person1 is the id of the users a and b",
      "  person1 is the id of the users a and c",
    ]);
    expect(await linesOf(twice(1))).toEqual([
      `  person1 is the id of the users ${user?.userId} and twin of ${user?.userId}`,
    ]);
    expect(await linesOf(twice(20))).toHaveLength(20);
    const cut = await linesOf(twice(22));
    expect(cut).toHaveLength(21);
    expect(cut.at(-1)).toBe("  and 2 more");
  });
});

describe("users who are looked up by their ids", () => {
  const pool = new ModelDirectory(people(1, 2));
  const lookUp = (list: RecordList, withRecords: boolean) =>
    lookUpUsers(
      { lookUps: new UserLookUps(pool), list },
      { ids: ["person1", "person2"], type: UserIdType.USERNAME, ignoreMissing: false, withRecords },
    );
  const unreadable: RecordList = {
    ...listOf([]),
    readRecords: () => Promise.resolve({ ok: false, failure: OUTAGE }),
  };
  const [person1, person2] = records(2).map((record) => ({
    userId: record.userId,
    name: record.name,
    record,
  }));

  test("come with their records only if these are asked for", async () => {
    expect(await lookUp(listOf(records(2)), true)).toEqual({
      users: new Map([
        ["person1", person1],
        ["person2", person2],
      ]),
    });
    expect(await lookUp(unreadable, false)).toEqual({
      users: new Map([
        ["person1", { userId: person1?.userId, name: "Person 1" }],
        ["person2", { userId: person2?.userId, name: "Person 2" }],
      ]),
    });
  });

  test("are a problem if their records cannot be read", async () => {
    expect(await lookUp(unreadable, true)).toEqual({
      problem: { summary: "The details of the users cannot be read", detail: OUTAGE.message },
    });
  });

  test("are a problem if a look-up fails, which says why", async () => {
    const offline = new ModelDirectory(people(1, 2));
    offline.fault = () => ({ failure: OUTAGE });
    expect(
      await lookUpUsers(
        { lookUps: new UserLookUps(offline), list: listOf([]) },
        { ids: ["person1"], type: UserIdType.USERNAME, ignoreMissing: true, withRecords: false },
      ),
    ).toEqual({
      problem: {
        summary: "1 user could not be looked up",
        detail: `${OUTAGE.message} Not looked up:\n  person1`,
      },
    });
  });
});

// A call reads 50 records, so sixty are the result of two calls.
test("records of two calls come in the order of their ids, and reading fails if somebody was deleted meanwhile", async () => {
  const list = listOf(records(60));
  const userIds = records(61).map(({ userId }) => userId);
  expect(await readRecords(list, userIds.slice(0, 60).reverse(), undefined)).toEqual({
    ok: true,
    value: records(60).reverse(),
  });
  expect(await readRecords(list, userIds, undefined)).toMatchObject({
    ok: false,
    failure: {
      message: expect.stringContaining("GenAuth found 61 users in one look-up and 60 in the next") as unknown,
    },
  });
});
