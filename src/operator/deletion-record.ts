import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
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
  /** When the record was read, just before the deletion; ISO 8601, UTC. */
  readonly recordedAt: string;
  /** Where the user was, such as `https://api.genauth.ai`. */
  readonly host: string;
  /** The id by which the set named the user, its type, and the label it had in the set. */
  readonly id: string;
  readonly userIdType: UserIdType;
  readonly label: string;
  readonly user: FullUser;
}

/** A line that says whom a deletion took in place of a user. The ids are system user ids. */
export interface RecordedMistake extends Omit<RecordedUser, "user"> {
  readonly deletedInstead: {
    /** Who was to be deleted. */
    readonly of: string;
    readonly calledAt: string;
    /** Who was archived since the call, besides those whom the run deleted; absent where nobody could say. */
    readonly candidates?: readonly string[];
  };
}

/** Where a deletion record is kept, and what it is made of. */
export interface DeletionRecordOptions {
  /** The folder of the record files; made, for this user alone, where it is missing. Relative to the working folder. */
  readonly folder: string;
  readonly host: string;
  /** Reads all that the directory shows of up to 50 users, by their system user ids. */
  readonly readFullUsers: (
    userIds: readonly string[],
    stop?: AbortSignal,
  ) => Promise<Outcome<readonly FullUser[]>>;
}

/**
 * A record in a folder: one file a run, one line of JSON a user, readable by this user alone. Nothing is written before
 * the first user is recorded. Once a file could not be written, nobody is recorded any more.
 */
export function openDeletionRecord({ folder, host, readFullUsers }: DeletionRecordOptions): DeletionRecord {
  const appender = new Appender(join(folder, fileName(new Date())));
  const write = async (lines: readonly (RecordedUser | RecordedMistake)[]): Promise<Outcome<void>> => {
    try {
      await appender.append(lines.map((line) => JSON.stringify(line)));
      return { ok: true, value: undefined };
    } catch (cause) {
      return { ok: false, failure: failureOf(cause, folder) };
    }
  };
  return {
    async keep(targets, userIdType, stop) {
      const read = await readFullUsers(
        targets.map(({ userId }) => userId),
        stop,
      );
      if (!read.ok) return read;
      const users = new Map(read.value.map((user) => [userIdKey(user.userId), user]));
      const recordedAt = new Date().toISOString();
      const shown = targets.flatMap(({ id, label, userId }) => {
        const user = users.get(userIdKey(userId));
        return user ? [{ userId, line: { recordedAt, host, id, userIdType, label, user } }] : [];
      });
      const written = await write(shown.map(({ line }) => line));
      return written.ok
        ? { ok: true, value: new Map(shown.map(({ userId, line }) => [userId, directoryUser(line.user)])) }
        : written;
    },
    noteDeletedInstead({ id, label, userId }, userIdType, instead) {
      const recordedAt = new Date().toISOString();
      return write([{ recordedAt, host, id, userIdType, label, deletedInstead: { of: userId, ...instead } }]);
    },
  };
}

/** The fields of a record by which its user may be named; what is no text there names nobody. */
function directoryUser(record: FullUser): DirectoryUser {
  const { identities } = record;
  return {
    ...texts(record, ["status", "name", "username", "email", "phone", "phoneCountryCode", "externalId"]),
    userId: record.userId,
    identities: Array.isArray(identities)
      ? identities.map((identity) => texts(identity, ["extIdpId", "provider", "userIdInIdp"]))
      : [],
  };
}

function texts<K extends string>(from: unknown, names: readonly K[]): Partial<Record<K, string>> {
  const fields = new Map(Object.entries(from ?? {}));
  const found = names.flatMap((name): [string, string][] => {
    const value: unknown = fields.get(name);
    return typeof value === "string" ? [[name, value]] : [];
  });
  return Object.fromEntries(found) as Partial<Record<K, string>>;
}

/** Unique, and sorted by time in a listing. */
function fileName(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `deleted-users-${time}-${randomBytes(4).toString("hex")}.jsonl`;
}

/** Every call would meet the same: without the record, nobody may be deleted. */
function failureOf(cause: unknown, folder: string): DirectoryFailure {
  return {
    message: `Not deleted, because the deletion record in ${folder} cannot be written: ${explainWriteError(cause)} You can name another folder in GENAUTH_DELETION_RECORD or, where that is not set, in deletion_record.`,
    reach: "every_call",
    effect: "none",
    transient: false,
  };
}

/** Never through a link that somebody laid there, and never into the middle. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** A file of lines that grows, one writer at a time, for this user alone. */
export class Appender {
  readonly #path: string;
  #made = false;
  /** All lines so far: one call after the other, and none after one that failed and may have left half a line. */
  #written: Promise<void> = Promise.resolve();

  /** @param path made at the first line, with its folder */
  constructor(path: string) {
    this.#path = path;
  }

  /** Adds lines, and settles once they are on the disk. Rejects where that cannot be, and from then on. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${line}\n`).join("");
    this.#written = this.#written.then(() => this.#write(text));
    await this.#written;
  }

  async #write(text: string): Promise<void> {
    const folder = dirname(this.#path);
    if (!this.#made) makeFolder(folder, 0o700);
    await flushed(this.#path, APPENDING, (file) => file.appendFile(text));
    // The name of a new file is on the disk only when its folder is.
    if (!this.#made) await flushed(folder, constants.O_RDONLY);
    this.#made = true;
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;

/** Opens a file or folder, works on it, and has it on the disk. */
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
