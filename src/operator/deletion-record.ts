import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FullUser } from "../api";
import { explainWriteError, makeFolder } from "../files";
import {
  type DeletionRecord,
  type DirectoryFailure,
  type DirectoryUser,
  type Outcome,
  userIdKey,
  type UserIdType,
} from "../users";

/** One line of a record file. */
export interface RecordedUser {
  /** When the user was read, just before the deletion; ISO 8601, UTC. */
  readonly recordedAt: string;
  /** The user pool's host, such as `https://api.genauth.ai`. */
  readonly host: string;
  /** The id, its type and its label in the set. */
  readonly id: string;
  readonly userIdType: UserIdType;
  readonly label: string;
  readonly user: FullUser;
}

/** A line that says that a user was about to be suspended, with nothing else of the user. */
export interface RecordedSuspension extends Omit<RecordedUser, "label" | "user"> {
  /** The system user id. */
  readonly userId: string;
  /** The user's status before the suspension. */
  readonly statusBefore: string;
}

/** Where a deletion record is kept, and where its data comes from. */
export interface DeletionRecordOptions {
  /** The folder of the record files. A missing one is created with access for its owner only. */
  readonly folder: string;
  readonly host: string;
  /** Reads all fields of up to 50 users, by system user id. */
  readonly readFullUsers: (
    userIds: readonly string[],
    stop?: AbortSignal,
  ) => Promise<Outcome<readonly FullUser[]>>;
}

/**
 * Opens a record: one file per run, one line of JSON per user, readable by its owner only. The file is
 * created with the first line. After a failed write, nothing more is recorded.
 */
export function openDeletionRecord({ folder, host, readFullUsers }: DeletionRecordOptions): DeletionRecord {
  const appender = new Appender(folder, nameRecord);
  const write = async (lines: readonly Line[], undone = "Not deleted"): Promise<Outcome<void>> => {
    try {
      await appender.append(lines.map((line) => JSON.stringify(line)));
      return { ok: true, value: undefined };
    } catch (cause) {
      return { ok: false, failure: failureOf(cause, folder, undone) };
    }
  };
  /** What every line holds, whatever happens to the user. A new fact about the set goes here. */
  const begin = ({ id }: { readonly id: string }, userIdType: UserIdType) => ({
    recordedAt: new Date().toISOString(),
    host,
    id,
    userIdType,
  });
  return {
    async keep(targets, userIdType, stop) {
      const read = await readFullUsers(
        targets.map(({ userId }) => userId),
        stop,
      );
      if (!read.ok) return read;
      const users = new Map(read.value.map((user) => [userIdKey(user.userId), user]));
      const shown = targets.flatMap((target) => {
        const { label, userId } = target;
        const user = users.get(userIdKey(userId));
        return user ? [{ userId, line: { ...begin(target, userIdType), label, user } }] : [];
      });
      const written = await write(shown.map(({ line }) => line));
      return written.ok
        ? { ok: true, value: new Map(shown.map(({ userId, line }) => [userId, directoryUser(line.user)])) }
        : written;
    },
    noteSuspension(statuses, userIdType) {
      const lines = [...statuses].map(([target, statusBefore]): RecordedSuspension => ({
        ...begin(target, userIdType),
        userId: target.userId,
        statusBefore,
      }));
      return write(lines, "Not suspended");
    },
  };
}

type Line = RecordedUser | RecordedSuspension;

/** The fields of a recorded user that can identify it. A field that is not text identifies nobody. */
function directoryUser(user: FullUser): DirectoryUser {
  const { userId, identities } = user;
  return { ...textsOf(user), userId, identities: Array.isArray(identities) ? identities.map(textsOf) : [] };
}

function textsOf(from: unknown): Readonly<Record<string, string>> {
  const fields = Object.entries(from ?? {}) as [name: string, value: unknown][];
  return Object.fromEntries(
    fields.filter((field): field is [string, string] => typeof field[1] === "string"),
  );
}

/**
 * Names a new file, which comes after all that are in the folder, sorted by name. A file of the same
 * millisecond, also of another process, makes it a millisecond later. The random part keeps the files of
 * several machines apart once they are in one folder.
 */
async function nameRecord(folder: string): Promise<string> {
  const names = await readdir(folder);
  for (let time = Date.now(); ; time += 1) {
    const start = `deleted-users-${new Date(time).toISOString().replaceAll(/[-:]/g, "")}-`;
    if (!names.some((name) => name.startsWith(start)))
      return `${start}${randomBytes(4).toString("hex")}.jsonl`;
  }
}

/**
 * Affects every call: without the deletion record, nobody may be deleted or suspended.
 *
 * @param undone what is not done to the users
 */
function failureOf(cause: unknown, folder: string, undone: string): DirectoryFailure {
  return {
    message: `${undone}, because the deletion record in ${folder} cannot be written: ${explainWriteError(cause)} You can set another folder in GENAUTH_DELETION_RECORD or, if that is not set, in deletion_record.`,
    reach: "every_call",
    effect: "none",
    transient: false,
  };
}

/** Never follows a link that somebody placed there, and never overwrites. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** Appends lines to a new file, one writer at a time, with access for its owner only. */
export class Appender {
  readonly #folder: string;
  readonly #name: (folder: string) => Promise<string>;
  /** Known once the first line is on the disk. */
  #path?: string;
  /** All writes so far, one after the other. None follows a failed one, which may have left half a line. */
  #written: Promise<void> = Promise.resolve();

  /**
   * @param folder created with the first line
   * @param name names the file, right before the first line creates it
   */
  constructor(folder: string, name: (folder: string) => Promise<string>) {
    this.#folder = folder;
    this.#name = name;
  }

  /** Appends lines, and settles once they are on the disk. After one failure, every call rejects. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${line}\n`).join("");
    this.#written = this.#written.then(() => this.#write(text));
    await this.#written;
  }

  async #write(text: string): Promise<void> {
    if (this.#path === undefined) makeFolder(this.#folder, 0o700);
    const path = this.#path ?? join(this.#folder, await this.#name(this.#folder));
    await flushed(path, APPENDING, (file) => file.appendFile(text));
    // A new file's name is on the disk only once its folder is synced.
    if (this.#path === undefined) await flushed(this.#folder, constants.O_RDONLY);
    this.#path = path;
  }
}

/** Opens a file or folder, works on it, and syncs it to the disk. */
async function flushed(
  path: string,
  flags: number,
  work: (file: FileHandle) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
