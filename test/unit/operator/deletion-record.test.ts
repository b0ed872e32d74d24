import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import {
  openDeletionRecord,
  type DeletionRecordOptions,
  type RecordedSuspension,
  type RecordedUser,
} from "../../../src/operator";
import { UserIdType } from "../../../src/users";
import { OUTAGE } from "../../support/users/failures";
import { emailOf, people, person, systemId } from "../../support/users/people";
import { each, numbers, poolOf, type UserPool } from "../../support/users/user-pool";

/** How a record reads all fields of users, by system user id. */
type ReadUsers = DeletionRecordOptions["readFullUsers"];

const HOST = "https://api.genauth.ai";

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = newFolder();
  folder = join(scratch, "deleted");
});

/** Records all users of the pool before a call. By default, GenAuth shows all fields of each. */
function recording(pool: UserPool, readFullUsers: ReadUsers = (ids) => allFields(pool, ids)): UserPool {
  return pool.with({ record: openDeletionRecord({ folder, host: HOST, readFullUsers }) });
}

/** All fields of users, also one that this package does not know. */
function allFields({ directory }: UserPool, userIds: readonly string[]) {
  const shown = userIds.flatMap((userId) => directory.get(userId) ?? []);
  const value = shown.map((user) => ({ ...user, customData: { badge: user.name } }));
  return Promise.resolve({ ok: true as const, value });
}

/** The lines of all files. */
function recorded(): (RecordedUser & RecordedSuspension)[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as RecordedUser & RecordedSuspension),
    );
}

/** Nothing can be written into the folder. */
function breakFolder(): void {
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, "a file where the folder should be");
}

test("a record has all fields that GenAuth shows of a user, and how the set named the user", async () => {
  await recording(poolOf(1)).delete([{ id: emailOf(1), label: "Sales", userId: systemId(1) }]);
  expect(recorded()).toEqual([
    {
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      host: HOST,
      id: emailOf(1),
      userIdType: "email",
      label: "Sales",
      user: { ...person(1), customData: { badge: "Person 1" } },
    },
  ]);
});

test("every user is recorded before the call that deletes the user", async () => {
  const pool = recording(poolOf(120));
  const notRecorded: string[] = [];
  pool.directory.onCall = ({ method, ids }) => {
    const known = recorded().map(({ id }) => id);
    if (method === "deleteUsers") notRecorded.push(...ids.filter((id) => !known.includes(id)));
  };
  expect(await pool.delete()).toEqual({ gone: numbers(120) });
  expect(notRecorded).toEqual([]);
  expect(pool.sizesOf("deleteUsers")).toHaveLength(3);
});

test("a run writes one file, which nobody else on the machine can read", async () => {
  await recording(poolOf(120)).delete();
  const [file = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(recorded()).toHaveLength(120);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});

test("users are read once for each call that deletes", async () => {
  const reads: number[] = [];
  const pool = poolOf(120);
  await recording(pool, (userIds) => {
    reads.push(userIds.length);
    return allFields(pool, userIds);
  }).delete();
  expect(reads.toSorted((a, b) => b - a)).toEqual([50, 50, 20]);
});

test("the file and its folder are synced to the disk before the call that deletes", async () => {
  const pool = recording(poolOf(1));
  const any = await open(scratch);
  const handle = Object.getPrototypeOf(any) as typeof any;
  await any.close();
  const flushed: number[] = [];
  const sync = jest.spyOn(handle, "sync").mockImplementation(() => {
    flushed.push(recorded().length);
    return Promise.resolve();
  });
  let before: number[] = [];
  pool.at("deleteUsers", 1, () => (before = [...flushed]));
  try {
    expect(await pool.delete()).toEqual({ gone: [1] });
  } finally {
    sync.mockRestore();
  }
  // The file with its one line, then the folder.
  expect(before).toEqual([1, 1]);
});

test("users whose deletion is sent again are recorded once", async () => {
  const pool = recording(poolOf(50));
  pool.directory.poisoned.add(systemId(8));
  expect(await pool.delete()).toMatchObject({ survived: { 8: expect.anything() } });
  expect(pool.sizesOf("deleteUsers").length).toBeGreaterThan(1);
  expect(recorded()).toHaveLength(50);
});

test("if the record cannot be written, nobody is deleted, and everybody survives with the reason", async () => {
  breakFolder();
  const pool = recording(poolOf(120));
  const { gone, survived } = await pool.delete();
  expect(gone).toBeUndefined();
  expect(survived).toEqual(each(numbers(120), "cannot be written"));
  expect(survived).toEqual(each(numbers(120), "GENAUTH_DELETION_RECORD"));
  expect(pool.directory.callsOf("deleteUsers")).toEqual([]);
});

test("after a failed write, nobody else is recorded or deleted", async () => {
  const pool = poolOf(150);
  const firstCall = new Promise<void>((resolve) => pool.at("deleteUsers", 1, resolve));
  recording(pool, async (userIds) => {
    if (!userIds.includes(systemId(1))) {
      // The disk fails before the other users are recorded.
      await firstCall;
      breakFolder();
    }
    return allFields(pool, userIds);
  });
  const { gone, survived } = await pool.delete();
  expect(gone).toEqual(numbers(50));
  expect(survived).toEqual(each(numbers(150, 51), "cannot be written"));
  expect(pool.directory.deleted).toHaveLength(50);
});

test("a user whom GenAuth does not return is not deleted, and the others are", async () => {
  const pool = poolOf(3);
  recording(pool, (userIds) => allFields(pool, userIds.slice(1)));
  expect(await pool.delete()).toEqual({ gone: [2, 3], survived: each([1], "did not return") });
});

test("a user whose system user id is returned in another case is recorded and deleted", async () => {
  const pool = poolOf(1);
  recording(pool, async (userIds) => {
    const { ok, value } = await allFields(pool, userIds);
    return { ok, value: value.map((user) => ({ ...user, userId: user.userId.toUpperCase() })) };
  });
  expect(await pool.delete()).toEqual({ gone: [1] });
  expect(recorded()).toMatchObject([{ id: emailOf(1), user: { name: "Person 1" } }]);
});

test("if the users' data cannot be read, nobody is deleted", async () => {
  const pool = recording(poolOf(3), () => Promise.resolve({ ok: false, failure: OUTAGE }));
  expect(await pool.delete()).toEqual({ survived: each(numbers(3), OUTAGE.message) });
  expect(pool.directory.deleted).toEqual([]);
  expect(recorded()).toEqual([]);
});

test("a suspension is recorded before its call", async () => {
  const pool = recording(poolOf(60));
  const notRecorded: string[] = [];
  pool.directory.onCall = ({ method, ids }) => {
    const known = recorded().map(({ userId }) => userId);
    if (method === "setStatus") notRecorded.push(...ids.filter((id) => !known.includes(id)));
  };
  expect(await pool.suspend()).toEqual({ suspended: numbers(60) });
  expect(notRecorded).toEqual([]);
});

test("the record of a suspension has ids, status and time, and nothing else of the user", async () => {
  await recording(poolOf(1)).suspend();
  expect(recorded()).toEqual([
    {
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      host: HOST,
      id: emailOf(1),
      userIdType: "email",
      userId: systemId(1),
      statusBefore: "Activated",
    },
  ]);
});

test("a user who is not active before is not recorded, because nobody sets the status", async () => {
  const pool = recording(poolOf(2));
  pool.setsStatus(2, "Archived");
  expect(await pool.suspend()).toEqual({ suspended: [1], waitingOnly: [2] });
  expect(recorded().map(({ userId }) => userId)).toEqual([systemId(1)]);
});

test("if a suspension cannot be recorded, nobody is suspended, and nobody deleted instead", async () => {
  breakFolder();
  const pool = recording(poolOf(120));
  const { suspended, survived } = await pool.suspend();
  expect(suspended).toBeUndefined();
  expect(Object.keys(survived ?? {})).toHaveLength(120);
  expect(survived?.[120]).toMatch(/^Not suspended, because the deletion record in .* cannot be written/);
  expect(pool.directory.callsOf("setStatus")).toEqual([]);
  expect(pool.directory.callsOf("deleteUsers")).toEqual([]);
});

test("the files are in order of time when sorted by name, also those of one millisecond and of another process", async () => {
  jest.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-25T14:00:00.999Z"));
  try {
    mkdirSync(folder);
    const another = "deleted-users-20261125T140000.999Z-ffffffff.jsonl";
    writeFileSync(join(folder, another), "");
    const ids = people(1, 20).map(({ userId }) => userId);
    for (const userId of ids) {
      const record = openDeletionRecord({
        folder,
        host: "https://api.genauth.ai",
        readFullUsers: () => Promise.resolve({ ok: true, value: [] }),
      });
      await record.noteSuspension(
        new Map([[{ id: userId, label: "", userId }, "Activated"]]),
        UserIdType.USER_ID,
      );
    }
    expect(readdirSync(folder).sort()[0]).toBe(another);
    rmSync(join(folder, another));
    expect(recorded().map(({ userId }) => userId)).toEqual(ids);
  } finally {
    jest.restoreAllMocks();
  }
});
