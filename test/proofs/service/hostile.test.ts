import { expect, test } from "@jest/globals";
import { type EmulatorOptions, type PoolUser, seedUsers } from "../../support/emulator";
import { Journal, readJournal } from "../../../src/service/journal";
import type { TestUser } from "../../../src/service/marks";
import { TestUsers } from "../../../src/service/test-users";
import { UserIdType } from "../../../src/users";
import {
  cleanUpWith,
  JournalFolder,
  reach,
  type RehearsedService,
  rehearseUntil,
  rehearseWith,
  startService,
} from "../../support/service/rehearsal";

/** Services and pools in which a careless deletion would take somebody else along. */

const folder = new JournalFolder();

let emulator: RehearsedService;

/** People who share words and parts with what a rehearsal may use. */
const NEIGHBOURS: readonly PoolUser[] = [
  ...seedUsers(6),
  { userId: "a".repeat(24), username: "rehearsal", email: "rehearsal@test.invalid", externalId: "delete me" },
  { userId: "b".repeat(24), username: "invalid", email: "someone@corp.invalid", externalId: "oidc" },
  {
    userId: "c".repeat(24),
    username: "rehearsal0123456789abcdef",
    email: "a@example.com",
    externalId: "no_such_type",
  },
  {
    userId: "d".repeat(24),
    username: "Rehearsal",
    identities: [{ extIdpId: "oidc", provider: "oidc", userIdInIdp: "rehearsal" }],
    status: "Suspended",
  },
];

const HOSTILE: readonly EmulatorOptions["variants"][] = [
  { deletionMatching: "part" },
  { deletionMatching: "word" },
  { deletionMatching: "part", conditions: "ignored" },
  { deletionMatching: "word", conditions: "ignored" },
  { deletionMatching: "word", suspended: "hidden", listed: "without_suspended" },
  { deletionMatching: "part", lookUpMatching: "word" },
  { deletionMatching: "word", lookUpMatching: "part" },
];

test.each(HOSTILE)("deletions with %j take nobody else along", async (variants = {}) => {
  emulator = await startService({ users: NEIGHBOURS, variants });
  await rehearseWith(emulator, folder.next());
  expect(emulator.pool.list()).toEqual(NEIGHBOURS);
});

test("where another user disappears after a deletion, nothing further is sent", async () => {
  emulator = await startService({ users: NEIGHBOURS });
  emulator.steps.add({
    on: "delete-users-batch",
    nth: 6,
    run: (pool) => pool.remove(NEIGHBOURS[0]?.userId ?? ""),
  });
  const file = folder.next();
  const { answers } = await rehearseWith(emulator, file);
  expect(answers.end).toMatchObject({
    result: "stop",
    finding: expect.stringMatching(
      /^1 other user disappeared after a deletion, so nothing further was sent\./,
    ),
  });
  expect(answers.clean_up).toMatchObject({ result: "stop" });
  const deletions = emulator.calls.filter(({ path }) => path.endsWith("/delete-users-batch"));
  expect(deletions).toHaveLength(6);
  expect(emulator.pool.size).toBeGreaterThan(NEIGHBOURS.length - 1);
  expect(await cleanUpWith(emulator, file)).not.toHaveProperty("problem");
  expect(emulator.pool.list()).toEqual(NEIGHBOURS.slice(1));
});

/** Five hundred people are looked up by their ids, and all are counted. */
const CROWD = seedUsers(501);

/** Rehearses while somebody disappears at a deletion. @returns its answers, its last question and change, and how often it deleted */
async function loseAt(nth: number, users: readonly PoolUser[], lost: PoolUser | undefined) {
  emulator = await startService({ users });
  emulator.steps.add({
    on: "delete-users-batch",
    nth,
    run: (pool) => pool.remove(lost?.userId ?? ""),
  });
  const file = folder.next();
  const { answers } = await rehearseWith(emulator, file);
  const paths = emulator.calls.map(({ path }) => path).filter((path) => /(create|update|delete)-/.test(path));
  await emulator.close();
  const deletions = paths.filter((path) => path.endsWith("/delete-users-batch")).length;
  return { answers, kind: lastChange(file), deletions, last: paths.at(-1) };
}

const NOTHING_FURTHER = {
  last: "/api/v3/delete-users-batch",
  answers: {
    end: {
      finding: expect.stringMatching(
        /^1 other user disappeared after a deletion, so nothing further was sent\./,
      ),
    },
  },
};

test("where somebody disappears after a deletion of any kind, nothing further is sent", async () => {
  const kinds: string[] = [];
  for (let nth = 1; ; nth += 1) {
    const { answers, kind, ...sent } = await loseAt(nth, NEIGHBOURS.slice(0, 4), NEIGHBOURS[3]);
    if (kind === "clean-up") break;
    kinds.push(kind);
    expect({ kind, answers, ...sent }).toMatchObject({ kind, deletions: nth, ...NOTHING_FURTHER });
  }
  expect([...new Set(kinds)]).toEqual([
    ...["unknown", "user_id", "suspended", "inexact", "unknown among"],
    ...["by email", "by username", "by external_id"],
  ]);
});

test("where one who is only counted disappears after a deletion, nothing further is sent", async () => {
  expect(await loseAt(3, CROWD, CROWD[500])).toMatchObject({ deletions: 3, ...NOTHING_FURTHER });
});

test("where somebody disappears after a deletion of a clean-up, nothing further is sent", async () => {
  emulator = await startService({ users: NEIGHBOURS });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 5, when: "after", among: "changes" });
  const before = emulator.calls.length;
  const lost = NEIGHBOURS[0]?.userId ?? "";
  emulator.steps.add({ on: "delete-users-batch", nth: 1, run: (pool) => pool.remove(lost) });
  emulator.faults.add({ on: "delete-users-batch", then: { kind: "answer", statusCode: 422 } });
  const { problem, remedy } = await cleanUpWith(emulator, file);
  expect(problem).toMatch(/^1 other user disappeared after a deletion, so nothing further was sent\./);
  expect(remedy).toMatch(/^In the console/);
  const sent = emulator.calls.slice(before).filter(({ path }) => path.endsWith("/delete-users-batch"));
  expect(sent).toHaveLength(1);
});

/** What the last change that a journal announces asks. */
function lastChange(file: string): string {
  return readJournal(file).sent?.change ?? "";
}

async function startTestUsers() {
  emulator = await startService({ users: NEIGHBOURS });
  const { pool, close, ...reached } = reach(emulator);
  const journal = Journal.begin(folder.next(), "rehearsal0123456789", pool);
  const users = new TestUsers({
    ...reached,
    journal,
    bystanders: [NEIGHBOURS[0]?.userId ?? ""],
    patienceMs: 300,
  });
  return {
    users,
    end: () => {
      journal.close();
      close();
    },
  };
}

const changes = () => emulator.calls.filter(({ path }) => /delete|update/.test(path)).length;

/** The users of a creation. */
async function create(users: TestUsers, number: number) {
  const creation = await users.create(Array.from({ length: number }, () => ({})));
  if (creation.declined) throw new Error("Nobody was created.");
  return creation.users;
}

test("an id of somebody else is never sent, of whatever type", async () => {
  const { users, end } = await startTestUsers();
  const [user] = await create(users, 2);
  const [other] = NEIGHBOURS;
  const stranger = { ...(user as TestUser), userId: other?.userId ?? "" };
  for (const [type, id] of [
    [UserIdType.USER_ID, other?.userId],
    [UserIdType.EMAIL, other?.email],
    [UserIdType.EMAIL, `${user?.token}@corp.invalid`],
    [UserIdType.USERNAME, other?.username],
    [UserIdType.USERNAME, "rehearsal"],
    [UserIdType.EXTERNAL_ID, other?.externalId],
    [UserIdType.PHONE, "+8613800000001"],
  ] as const)
    expect([id, await users.delete({ question: "test", ids: [id ?? ""], type, meant: [] })]).toEqual([
      id,
      { sent: false, why: expect.any(String) },
    ]);
  await expect(users.deleteByUserId("test", [stranger])).rejects.toThrow("A deletion was not sent");
  await expect(users.setStatus([stranger], "Suspended")).rejects.toThrow("shows another user");
  await expect(users.deleteLeft([stranger])).rejects.toThrow("shows another user");
  expect(changes()).toBe(0);
  end();
});

test("a test user's id that shows somebody else is never sent", async () => {
  const { users, end } = await startTestUsers();
  const [user] = (await create(users, 1)) as [TestUser];
  emulator.pool.update(user.userId, { username: "ada", externalId: "HR-1" });
  for (const send of [
    () => users.deleteByUserId("test", [user]),
    () => users.deleteLeft([user]),
    () => users.setStatus([user], "Suspended"),
  ])
    await expect(send()).rejects.toThrow("shows another user");
  expect(changes()).toBe(0);
  end();
});

test("a creation whose answer names somebody who was there before ends the rehearsal", async () => {
  const { users, end } = await startTestUsers();
  const [other] = NEIGHBOURS;
  emulator.faults.add({
    on: "create-users-batch",
    then: {
      kind: "http",
      status: 200,
      contentType: "application/json",
      body: JSON.stringify({
        statusCode: 200,
        message: "",
        data: [{ userId: other?.userId, username: "user001" }],
      }),
    },
  });
  await expect(users.create([{}])).rejects.toThrow("does not show the users that were to be created");
  expect(changes()).toBe(0);
  end();
});
