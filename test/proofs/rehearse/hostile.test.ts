import { readFileSync } from "node:fs";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { createTestUserCalls } from "../../../src/api";
import { type EmulatorOptions, type PoolUser, seedUsers } from "../../support/emulator";
import { Journal } from "../../../src/rehearse/journal";
import { QUESTION_NAMES } from "../../../src/rehearse/questions/titles";
import { Settling } from "../../../src/rehearse/settling";
import { TestUsers } from "../../../src/rehearse/test-users";
import { rehearseUntil } from "../../support/rehearse/killed";
import {
  cleanUpWith,
  JournalFolder,
  optionsOf,
  poolOf,
  type RehearsedService,
  rehearseWith,
  startService,
} from "../../support/rehearse/rehearsal";

/** Services and pools in which a careless deletion would take somebody else along. */

const folder = new JournalFolder();
afterAll(() => folder.remove());

let emulator: RehearsedService;
afterEach(() => emulator.close());

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
  expect(answers.rehearsal).toMatchObject({
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

/** Fifty people are looked up by their ids, and all are counted. */
const CROWD = seedUsers(55);

/** Rehearses while somebody disappears at a deletion. @returns its answers, its last question and change, and how often it deleted */
async function loseAt(nth: number, lost: PoolUser | undefined, variants: EmulatorOptions["variants"] = {}) {
  emulator = await startService({ users: CROWD, variants });
  emulator.steps.add({
    on: "delete-users-batch",
    nth,
    run: (pool) => pool.remove(lost?.userId ?? ""),
  });
  const file = folder.next();
  const phone = { phone: "13900000000", phoneCountryCode: "+86" };
  const { answers } = await rehearseWith(emulator, file, { phone });
  const paths = emulator.calls
    .map(({ path }) => path)
    .filter((path) => /(create|update|delete|link)-/.test(path));
  await emulator.close();
  const deletions = paths.filter((path) => path.endsWith("/delete-users-batch")).length;
  return { answers, kind: lastChange(file), deletions, last: paths.at(-1) };
}

const NOTHING_FURTHER = {
  last: "/api/v3/delete-users-batch",
  answers: {
    rehearsal: {
      finding: expect.stringMatching(
        /^1 other user disappeared after a deletion, so nothing further was sent\./,
      ),
    },
  },
};

test("where one of fifty who are looked up disappears after a deletion of any kind, nothing further is sent", async () => {
  const kinds: string[] = [];
  for (let nth = 1; ; nth += 1) {
    // Such a search can neither count the others nor show that nobody shares an e-mail's domain.
    const { answers, kind, ...sent } = await loseAt(nth, CROWD[49], { conditions: "ignored" });
    if (kind === "clean-up") {
      const asked = QUESTION_NAMES.filter(
        (name) => name.startsWith("delete_") && !answers[name].finding.startsWith("Not asked"),
      );
      expect(asked).toHaveLength(15);
      expect([...new Set(kinds)].sort()).toEqual(asked.sort());
      return;
    }
    kinds.push(kind);
    expect({ kind, answers, ...sent }).toMatchObject({ kind, deletions: nth, ...NOTHING_FURTHER });
  }
});

test("where one who is only counted disappears after a deletion, nothing further is sent", async () => {
  expect(await loseAt(6, CROWD[50])).toMatchObject({ deletions: 6, ...NOTHING_FURTHER });
});

test("where somebody disappears after a deletion of a clean-up, nothing further is sent", async () => {
  emulator = await startService({ users: CROWD });
  const file = folder.next();
  await rehearseUntil(emulator, file, { call: 9, when: "after", among: "changes" });
  const before = emulator.calls.length;
  const lost = CROWD[0]?.userId ?? "";
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
  const entries = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { change?: string });
  return entries.findLast(({ change }) => change !== undefined)?.change ?? "";
}

async function startTestUsers(options: EmulatorOptions = {}) {
  emulator = await startService({ users: NEIGHBOURS, ...options });
  const { probe, calls, close } = createTestUserCalls(optionsOf(emulator));
  const run = "rehearsal0123456789";
  const journal = Journal.begin(folder.next(), { ...poolOf(emulator), run, total: NEIGHBOURS.length });
  const settling = new Settling(emulator.clock, 300);
  const users = new TestUsers({ probe, calls, journal, settling, run });
  return {
    users,
    end: () => {
      journal.close();
      close();
    },
  };
}

const changes = () => emulator.calls.filter(({ path }) => /delete|update|link/.test(path)).length;

test("an id of somebody else is never sent, of whatever type", async () => {
  const { users, end } = await startTestUsers();
  await users.create([{}, {}]);
  const [other] = NEIGHBOURS;
  for (const [type, id] of [
    ["user_id", other?.userId],
    ["email", other?.email],
    ["username", other?.username],
    ["username", "rehearsal"],
    ["username", "nobody"],
    ["external_id", other?.externalId],
    ["phone", "+8613800000001"],
  ] as const)
    expect(await users.delete({ question: "test", ids: [id ?? ""], type })).toMatchObject({ sent: false });
  await expect(users.update("test", [{ userId: other?.userId ?? "", nickname: "x" }])).rejects.toThrow(
    "names a user who is not a test user",
  );
  expect(changes()).toBe(0);
  end();
});

test("a test user's id that shows somebody else is never sent", async () => {
  const { users, end } = await startTestUsers();
  const creation = await users.create([{}]);
  const [user] = creation.ok ? creation.users : [];
  if (!user) throw new Error("Nobody was created.");
  emulator.pool.update(user.userId, { username: "ada", externalId: "HR-1" });
  const deletion = { question: "test", ids: [user.userId], type: "user_id" };
  await expect(users.delete(deletion)).rejects.toThrow("shows another user");
  await expect(users.deleteLeft([user])).rejects.toThrow("without the mark");
  await expect(users.update("test", [{ userId: user.userId }])).rejects.toThrow("without the mark");
  await expect(users.link(user, "oidc")).rejects.toThrow("without the mark");
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
