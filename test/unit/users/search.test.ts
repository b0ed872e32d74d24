import { expect, test } from "@jest/globals";
import { type Outcome, searchUsers, UserIdType, type RecordList } from "../../../src/users";
import { readRecords } from "../../../src/users/search/look-up-users";
import type { SearchRecord } from "../../../src/users/search/record-list";

const record = (number: number): SearchRecord => ({
  userId: `user ${number}`,
  identities: [],
  shown: { status: "Activated" },
});
const records = (count: number): SearchRecord[] => Array.from({ length: count }, (_, at) => record(at));

const FAILED: Outcome<never> = {
  ok: false,
  failure: { message: "Could not list page 201.", reach: "call", effect: "none", transient: false },
};

/** A list of one page, which may then fail. */
function listOf(users: readonly SearchRecord[], end?: Outcome<never>): RecordList {
  return {
    async *listRecords() {
      yield { ok: true, value: { users, total: users.length } };
      if (end) yield end;
      await Promise.resolve();
    },
    listMembers: () => {
      throw new Error("No department is asked for.");
    },
    readRecords: (userIds) =>
      Promise.resolve({ ok: true, value: users.filter(({ userId }) => userIds.includes(userId)) }),
  };
}

const search = { criteria: { status: "Activated" }, type: UserIdType.USER_ID };

/** The summary and the detail of the problem, or the number of users. */
async function outcomeOf(list: RecordList): Promise<string | number> {
  const found = await searchUsers(list, search);
  return "users" in found ? found.users.size : `${found.problem.summary}: ${found.problem.detail}`;
}

test("exactly as many users as a search engine counts at most are a problem", async () => {
  expect(await outcomeOf(listOf(records(9_999)))).toBe(9_999);
  expect(await outcomeOf(listOf(records(10_001)))).toBe(10_001);
  expect(await outcomeOf(listOf(records(10_000)))).toMatch(
    /^The list of users is probably not complete: .*Narrow the search with status, email_domain or department_id/,
  );
});

test("a failure after as many users names the likely limit", async () => {
  expect(await outcomeOf(listOf(records(10_000), FAILED))).toMatch(
    /Could not list page 201\. It failed after 10000 users\. .*no more than 10000\. Narrow the search/,
  );
  expect(await outcomeOf(listOf(records(9_950), FAILED))).toBe(
    "The users cannot be listed: Could not list page 201. A list that is not complete is never used.",
  );
});

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

test("the first twenty users whose field is not shown are named, and the others counted", async () => {
  const unshown = records(25).map((user) => ({ ...user, shown: {} }));
  const text = await outcomeOf(listOf(unshown));
  expect(text).toContain("GenAuth does not show the status of 25 users");
  expect(text).toContain("  user 19\n  and 5 more");
});
