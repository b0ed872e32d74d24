import { expect, test } from "@jest/globals";
import type { RecordList } from "../../../src/users";
import { readRecords } from "../../../src/users/selection/look-up-users";
import type { PoolRecord } from "../../../src/users/selection/record-list";

const record = (number: number): PoolRecord => ({ userId: `user ${number}`, identities: [], shown: {} });
const records = (count: number): PoolRecord[] => Array.from({ length: count }, (_, at) => record(at));

function listOf(users: readonly PoolRecord[]): RecordList {
  return {
    listRecords: () => {
      throw new Error("Nobody is listed.");
    },
    readRecords: (userIds) =>
      Promise.resolve({ ok: true, value: users.filter(({ userId }) => userIds.includes(userId)) }),
  };
}

test("users who are no longer shown fail the reading of their records", async () => {
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
