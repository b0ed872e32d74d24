import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import {
  openDeletionRecord,
  type DeletionRecordOptions,
  type RecordedSuspension,
  type RecordedUser,
} from "../../../src/operator";
import { OUTAGE } from "../../support/users/failures";
import { emailOf, person, systemId } from "../../support/users/people";
import { each, numbers, poolOf, type UserPool } from "../../support/users/user-pool";

type ReadUsers = DeletionRecordOptions["readFullUsers"];
/** How GenAuth answers when the record asks for all fields of users. */
type Show = (pool: UserPool, ...of: Parameters<ReadUsers>) => ReturnType<ReadUsers>;

const HOST = "https://api.genauth.ai";

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = newFolder();
  folder = join(scratch, "deleted");
});

/** A pool with users 1 to `size`, whose changes are recorded in the folder. */
function recordedPool(size: number, show: Show = showAll): UserPool {
  const pool = poolOf(size);
  const readFullUsers: ReadUsers = (...of) => show(pool, ...of);
  return pool.with({ record: openDeletionRecord({ folder, host: HOST, readFullUsers }) });
}

/** All fields of users, also one that this package does not know. */
function showAll({ directory }: UserPool, userIds: readonly string[]) {
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

/** What all open files share: to spy on it is to spy on each of them. */
async function openFiles(): Promise<FileHandle> {
  const any = await open(scratch);
  await any.close();
  return Object.getPrototypeOf(any) as FileHandle;
}

/** Nothing can be written into the folder. */
function breakFolder(): void {
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, "a file where the folder should be");
}

test("a record has all fields that GenAuth shows of a user, and how the set named the user", async () => {
  await recordedPool(1).delete([{ id: emailOf(1), label: "Sales", userId: systemId(1) }]);
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
  const pool = recordedPool(120);
  const notRecorded: string[] = [];
  pool.directory.onCall = ({ method, ids }) => {
    const known = recorded().map(({ id }) => id);
    if (method === "deleteUsers") notRecorded.push(...ids.filter((id) => !known.includes(id)));
  };
  expect(await pool.delete()).toEqual({ gone: numbers(120) });
  expect(notRecorded).toEqual([]);
  expect(pool.sizesOf("deleteUsers")).toEqual([50, 50, 20]);
});

test("a run writes one file, which nobody else on the machine can read", async () => {
  await recordedPool(120).delete();
  const [file = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(recorded()).toHaveLength(120);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});

test("users are read once for each call that deletes", async () => {
  const reads: number[] = [];
  const pool = recordedPool(120, (its, userIds) => {
    reads.push(userIds.length);
    return showAll(its, userIds);
  });
  await pool.delete();
  expect(reads).toEqual([50, 50, 20]);
  expect(pool.sizesOf("deleteUsers")).toEqual([50, 50, 20]);
});

test("the file with its lines, and then its folder, are synced to the disk before the call that deletes", async () => {
  const pool = recordedPool(1);
  const synced: { what: "file" | "folder"; lines: number }[] = [];
  const sync = jest.spyOn(await openFiles(), "sync").mockImplementation(async function (this: FileHandle) {
    const what = (await this.stat()).isDirectory() ? "folder" : "file";
    synced.push({ what, lines: recorded().length });
  });
  let before: typeof synced = [];
  pool.at("deleteUsers", 1, () => (before = [...synced]));
  try {
    expect(await pool.delete()).toEqual({ gone: [1] });
  } finally {
    sync.mockRestore();
  }
  expect(before).toEqual([
    { what: "file", lines: 1 },
    { what: "folder", lines: 1 },
  ]);
});

test("users whose deletion is sent again are recorded once", async () => {
  const pool = recordedPool(50);
  pool.directory.poisoned.add(systemId(8));
  expect(await pool.delete()).toMatchObject({ survived: { 8: expect.anything() } });
  expect(pool.sizesOf("deleteUsers").length).toBeGreaterThan(1);
  expect(recorded()).toHaveLength(50);
});

test("if the record cannot be written, nobody is deleted, and everybody survives with the reason", async () => {
  breakFolder();
  const pool = recordedPool(120);
  const { gone, survived } = await pool.delete();
  expect(gone).toBeUndefined();
  const { 1: reason = "" } = survived ?? {};
  expect(reason).toMatch(
    /^Not deleted, because the deletion record in .* cannot be written: .* GENAUTH_DELETION_RECORD/,
  );
  expect(survived).toEqual(each(numbers(120), reason));
  expect(pool.directory.callsOf("deleteUsers")).toEqual([]);
});

test("after one failed write, nobody else is recorded or deleted, even if the disk has room again", async () => {
  let deleteFirst = (): void => {};
  const firstCall = new Promise<void>((resolve) => (deleteFirst = resolve));
  const append = jest.spyOn(await openFiles(), "appendFile");
  // Two more chunks of 50 are written after the first one is deleted. Only the first of these writes fails.
  const pool = recordedPool(150, async (its, userIds) => {
    if (!userIds.includes(systemId(1))) await firstCall;
    return showAll(its, userIds);
  }).at("deleteUsers", 1, () => {
    append.mockRejectedValueOnce(new Error("The disk is full."));
    deleteFirst();
  });
  try {
    const { gone, survived } = await pool.delete();
    expect(gone).toEqual(numbers(50));
    expect(survived).toEqual(each(numbers(150).slice(50), "cannot be written"));
  } finally {
    append.mockRestore();
  }
  expect(recorded().map(({ id }) => id)).toEqual(numbers(50).map((number) => emailOf(number)));
  expect(pool.directory.deleted).toHaveLength(50);
});

test("a user whom GenAuth does not return is not deleted, and the others are", async () => {
  const pool = recordedPool(3, (its, userIds) => showAll(its, userIds.slice(1)));
  expect(await pool.delete()).toEqual({ gone: [2, 3], survived: each([1], "did not return") });
});

test("a user whose system user id is returned in another case is recorded and deleted", async () => {
  const pool = recordedPool(1, async (its, userIds) => {
    const { ok, value } = await showAll(its, userIds);
    return { ok, value: value.map((user) => ({ ...user, userId: user.userId.toUpperCase() })) };
  });
  expect(await pool.delete()).toEqual({ gone: [1] });
  expect(recorded()).toMatchObject([{ id: emailOf(1), user: { name: "Person 1" } }]);
});

test("if the users' data cannot be read, nobody is deleted", async () => {
  const pool = recordedPool(3, () => Promise.resolve({ ok: false, failure: OUTAGE }));
  expect(await pool.delete()).toEqual({ survived: each(numbers(3), OUTAGE.message) });
  expect(pool.directory.deleted).toEqual([]);
  expect(recorded()).toEqual([]);
});

test("a suspension is recorded before its call", async () => {
  const pool = recordedPool(60);
  const notRecorded: string[] = [];
  pool.directory.onCall = ({ method, ids }) => {
    const known = recorded().map(({ userId }) => userId);
    if (method === "setStatus") notRecorded.push(...ids.filter((id) => !known.includes(id)));
  };
  expect(await pool.suspend()).toEqual({ suspended: numbers(60) });
  expect(notRecorded).toEqual([]);
});

test("the record of a suspension has ids, status and time, and nothing else of the user", async () => {
  await recordedPool(1).suspend();
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

test("a user whom somebody else has archived is neither suspended nor recorded", async () => {
  const pool = recordedPool(2);
  pool.setsStatus(2, "Archived");
  expect(await pool.suspend()).toEqual({ suspended: [1], waitingOnly: [2] });
  expect(pool.directory.callsOf("setStatus").flatMap(({ ids }) => ids)).toEqual([systemId(1)]);
  expect(recorded().map(({ userId }) => userId)).toEqual([systemId(1)]);
});

test("if a suspension cannot be recorded, nobody is suspended, and nobody deleted instead", async () => {
  breakFolder();
  const pool = recordedPool(120);
  const { suspended, survived } = await pool.suspend();
  expect(suspended).toBeUndefined();
  expect(Object.keys(survived ?? {})).toHaveLength(120);
  expect(survived?.[120]).toMatch(/^Not suspended, because the deletion record in .* cannot be written/);
  expect(pool.directory.callsOf("setStatus")).toEqual([]);
  expect(pool.directory.callsOf("deleteUsers")).toEqual([]);
});

test("sorted by name, the files of runs in one millisecond are in order of time, also that of another process", async () => {
  jest.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-25T14:00:00.999Z"));
  try {
    mkdirSync(folder);
    // It has the time of the next files, and sorts after all random ends.
    const ofAnotherProcess = join(folder, "deleted-users-20261125T140000.999Z-ffffffff.jsonl");
    writeFileSync(ofAnotherProcess, JSON.stringify({ id: "another-process@example.com" }));
    for (const number of numbers(20))
      await recordedPool(20).delete([{ id: emailOf(number), label: "", userId: systemId(number) }]);
    expect(recorded().map(({ id }) => id)).toEqual([
      "another-process@example.com",
      ...numbers(20).map((number) => emailOf(number)),
    ]);
  } finally {
    jest.restoreAllMocks();
  }
});
