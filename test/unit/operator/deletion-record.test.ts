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
import { FirstSuspension, UserIdType } from "../../../src/users";
import { deleteUsers } from "../../../src/users/calls/delete-users";
import { CallRun } from "../../../src/users/calls/call-run";
import { suspendUsers } from "../../../src/users/calls/change-status";
import { deletionsIn, suspensionsIn } from "../users/support/endings";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, systemId } from "../../support/users/people";

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = newFolder();
  folder = join(scratch, "deleted");
});

/** A pool of `size` users, and runs that record and delete all of them, or suspend them first. */
function setUp(size: number, type = UserIdType.EMAIL) {
  const users = people(1, size);
  const directory = new ModelDirectory(users);
  let reads = 0;
  const readFullUsers: DeletionRecordOptions["readFullUsers"] = (userIds) => {
    reads += 1;
    return Promise.resolve(records(directory, userIds));
  };
  const targets = users.map((user) => ({ id: idOf(user, type), label: "a label", userId: user.userId }));
  const optionsOf = (read: typeof readFullUsers) => ({
    directory,
    type,
    maxAttempts: 2,
    confirmWithinMs: 0,
    record: openDeletionRecord({ folder, host: "https://api.genauth.ai", readFullUsers: read }),
  });
  const run = async (read: typeof readFullUsers = readFullUsers) =>
    deletionsIn(await deleteUsers({ ...optionsOf(read), users: targets }));
  const suspend = async () =>
    suspensionsIn(
      await suspendUsers(new CallRun(optionsOf(readFullUsers)), targets, {
        days: 14,
        first: new FirstSuspension(readFullUsers),
      }),
    );
  return { users, directory, run, suspend, reads: () => reads };
}

/** All fields that the directory returns for users, including an unknown one. */
function records(directory: ModelDirectory, userIds: readonly string[]) {
  const shown = userIds.flatMap((userId) => directory.get(userId) ?? []);
  return { ok: true as const, value: shown.map((user) => ({ ...user, customData: { badge: user.name } })) };
}

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

test("all fields of every user are recorded before the call that deletes the user, in one file with private permissions", async () => {
  const { users, directory, run, reads } = setUp(120);
  directory.onCall = ({ method, ids }) => {
    if (method !== "deleteUsers") return;
    expect(recorded().map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]));
  };
  expect((await run()).gone).toHaveLength(120);
  expect(reads()).toBe(3);
  const [file = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  const byId = new Map(recorded().map((line) => [line.id, line]));
  expect(byId.size).toBe(120);
  const [user] = users;
  expect(byId.get("person1@example.com")).toMatchObject({
    host: "https://api.genauth.ai",
    userIdType: "email",
    label: "a label",
    user: { ...user, customData: { badge: "Person 1" } },
  });
});

test("the file and its folder are synced to the disk before the call that deletes", async () => {
  const { directory, run } = setUp(1);
  const any = await open(scratch);
  const handle = Object.getPrototypeOf(any) as typeof any;
  await any.close();
  const flushed: number[] = [];
  const sync = jest.spyOn(handle, "sync").mockImplementation(() => {
    flushed.push(recorded().length);
    return Promise.resolve();
  });
  let before: number[] = [];
  directory.onCall = ({ method }) => {
    if (method === "deleteUsers") before = [...flushed];
  };
  try {
    expect((await run()).gone).toHaveLength(1);
  } finally {
    sync.mockRestore();
  }
  // The file with its one line, then the folder.
  expect(before).toEqual([1, 1]);
});

test("users whose deletion is sent again are recorded once", async () => {
  const { directory, run } = setUp(50);
  directory.poisoned.add(directory.all()[7]?.userId ?? "");
  expect((await run()).survivors).toHaveLength(1);
  expect(recorded()).toHaveLength(50);
});

test("if the deletion record cannot be written, nobody is deleted, and everybody survives with the reason", async () => {
  const { users, directory, run } = setUp(120);
  writeFileSync(folder, "a file where the folder should be");
  const { gone, survivors } = await run();
  expect(gone).toEqual([]);
  expect(survivors).toHaveLength(120);
  expect(survivors[0]?.reason).toContain("cannot be written");
  expect(survivors[0]?.reason).toContain("GENAUTH_DELETION_RECORD");
  expect(directory.callsOf("deleteUsers")).toEqual([]);
  expect(directory.all()).toEqual(users);
});

test("after a failed write, nobody else is recorded or deleted", async () => {
  const { directory, run } = setUp(150);
  const { promise: firstAreDeleted, resolve } = withResolver();
  directory.onCall = ({ method }) => {
    if (method === "deleteUsers") resolve();
  };
  const { gone, survivors } = await run(async (userIds) => {
    const outcome = records(directory, userIds);
    if (userIds.includes(systemId(1))) return outcome;
    // The disk fails before the other users are recorded.
    await firstAreDeleted;
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, "");
    return outcome;
  });
  expect(gone).toHaveLength(50);
  expect(survivors).toHaveLength(100);
  expect(directory.deleted).toHaveLength(50);
});

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

test("a user that is not returned is not deleted, and the others are", async () => {
  const { directory, run } = setUp(3);
  const { gone, survivors } = await run((userIds) => Promise.resolve(records(directory, userIds.slice(1))));
  expect(gone).toEqual(["person2@example.com", "person3@example.com"]);
  expect(survivors).toMatchObject([
    { id: "person1@example.com", reason: expect.stringContaining("did not return") },
  ]);
  expect(directory.deleted).toHaveLength(2);
});

test("a user whose system user id is returned in another case is recorded and deleted", async () => {
  const { directory, run } = setUp(1);
  const { gone } = await run((userIds) => {
    const { ok, value } = records(directory, userIds);
    return Promise.resolve({
      ok,
      value: value.map((user) => ({ ...user, userId: user.userId.toUpperCase() })),
    });
  });
  expect(gone).toEqual(["person1@example.com"]);
  expect(recorded()).toMatchObject([{ id: "person1@example.com", user: { name: "Person 1" } }]);
});

test("if the users' data cannot be read, nobody is deleted", async () => {
  const { directory, run } = setUp(3);
  const { survivors } = await run(() => Promise.resolve({ ok: false, failure: OUTAGE }));
  expect(survivors.map(({ reason }) => reason)).toEqual(Array(3).fill(OUTAGE.message));
  expect(directory.deleted).toEqual([]);
  expect(recorded()).toEqual([]);
});

test("a suspension is recorded before its call, with ids, status and time and nothing else of the user", async () => {
  const { users, directory, suspend } = setUp(60);
  directory.changeStatus(systemId(9), "Archived");
  directory.onCall = ({ method, ids }) => {
    if (method !== "setStatus") return;
    expect(recorded().map((line) => line.userId)).toEqual(expect.arrayContaining([...ids]));
  };
  expect((await suspend()).waiting).toHaveLength(60);
  const lines = recorded();
  // Nobody sets the status of a user who is not active.
  expect(lines).toHaveLength(59);
  expect(lines[0]).toEqual({
    recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    host: "https://api.genauth.ai",
    id: users[0]?.email,
    userIdType: "email",
    userId: systemId(1),
    statusBefore: "Activated",
  });
});

test("if a suspension cannot be recorded, nobody is suspended, and nobody deleted instead", async () => {
  const { users, directory, suspend } = setUp(120);
  writeFileSync(folder, "a file where the folder should be");
  const { waiting, survivors } = await suspend();
  expect(waiting).toEqual([]);
  expect(survivors).toHaveLength(120);
  expect(survivors[119]?.reason).toMatch(
    /^Not suspended, because the deletion record in .* cannot be written/,
  );
  expect(directory.callsOf("setStatus")).toEqual([]);
  expect(directory.all()).toEqual(users);
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
