import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type FullUser, FullUserSchema, type RestoreClient, UserSchema } from "../api";
import { codeOf } from "../files";
import { parseJson, printable } from "../text";
import { canonicalId, idsOfUser, resolveAnswer, USER_ID_TYPES, UserIdType } from "../users";
import { type Failed, isDeclined } from "./finding";
import type { PoolReader } from "./pool-reader";

/**
 * Accounts that were deleted, created again from the deletion record. Look-ups decide who is there, before
 * each call and after it.
 */

/**
 * A line of a deletion record, as far as it is read here. One without a user is about something else than a
 * deletion.
 */
const Line = z.object({
  recordedAt: z.string(),
  host: z.string(),
  id: z.string(),
  userIdType: z.enum(UserIdType),
  label: z.string().default(""),
  user: FullUserSchema.optional(),
});

/** A user as recorded right before the deletion. */
export interface RecordedAccount extends Omit<z.infer<typeof Line>, "user"> {
  readonly user: FullUser;
  /** The ids by which somebody is recognised, by type, without the system user id. */
  readonly ids: readonly (readonly [UserIdType, string])[];
}

/** The record files in a folder; their names sort by time. */
const RECORD_FILE = /^deleted-users-.*\.jsonl$/;

/**
 * Reads the users of a deletion record.
 *
 * @param path a record file, or the folder of the record
 * @param noteTorn is given each file whose last line is cut off, and left out
 * @throws Error that names file and line, if something is no record
 */
export function readDeletionRecord(path: string, noteTorn: (file: string) => void): RecordedAccount[] {
  const files = tryToRead(path, () =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => RECORD_FILE.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path],
  );
  if (files.length === 0)
    throw new Error(
      `${printable(path)} holds no deletion record, whose files are named deleted-users-….jsonl.`,
    );
  return files.flatMap((file) => {
    const lines = tryToRead(file, () => readFileSync(file, "utf8")).split("\n");
    return lines.flatMap((line, index) => {
      if (line.trim() === "") return [];
      // Only the last line ends without a newline. An editor may leave it whole.
      if (index === lines.length - 1 && parseJson(line) === undefined) {
        noteTorn(file);
        return [];
      }
      const { user, ...recorded } = parseLine(line, `${printable(file)}, line ${index + 1}`);
      if (!user) return [];
      const shown = UserSchema.safeParse(user).data;
      const ids = shown
        ? USER_ID_TYPES.filter((type) => type !== UserIdType.USER_ID).flatMap((type) =>
            idsOfUser(shown, type).map((id) => [type, id] as const),
          )
        : [];
      return [{ ...recorded, user, ids }];
    });
  });
}

function tryToRead<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = codeOf(cause) ?? String(cause);
    throw new Error(`${printable(path)} cannot be read (${why}). Check the path. Nobody was created.`, {
      cause,
    });
  }
}

function parseLine(line: string, place: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`${place}: this is no line of a deletion record. Nobody was created.`, { cause });
  }
}

/** Why somebody is not created, or that there is nothing against it. */
export type RestoreVerdict = "create" | "there" | "older" | "without_id" | "other_host";

/** What a restoration does about one account, as far as look-ups show it. */
export interface RestoreEntry {
  readonly account: RecordedAccount;
  readonly verdict: RestoreVerdict;
  /** The system user id of the person who is there, or the id in the later record. */
  readonly obstacle?: string;
}

/**
 * Decides who is created again: of several records of one person the latest, unless somebody has one of its
 * ids.
 *
 * @param accounts all of the record: what is not wanted may still be the later record of somebody who is
 * @throws Error if a look-up fails, since nobody who exists may be created
 */
export async function planRestore(
  accounts: readonly RecordedAccount[],
  isWanted: (account: RecordedAccount) => boolean,
  host: string,
  reader: PoolReader,
): Promise<RestoreEntry[]> {
  const latestFirst = [...accounts].sort((one, other) => (one.recordedAt < other.recordedAt ? 1 : -1));
  const holders = new Map<string, RecordedAccount>();
  const skipped = new Map<RecordedAccount, RestoreEntry>();
  for (const account of latestFirst) {
    const keys = keysOf(account);
    const later = keys.map((key) => holders.get(key)).find((holder) => holder !== undefined);
    if (account.host !== host) skipped.set(account, { account, verdict: "other_host" });
    // Nothing would tell an account that an earlier run has created from one that is not there.
    else if (account.ids.length === 0) skipped.set(account, { account, verdict: "without_id" });
    else if (later) skipped.set(account, { account, verdict: "older", obstacle: later.id });
    else for (const key of keys) holders.set(key, account);
  }
  const wanted = accounts.filter(isWanted);
  const present = await findPresent(
    wanted.filter((account) => !skipped.has(account)),
    reader,
  );
  return wanted.map((account): RestoreEntry => {
    const userId = present.get(account);
    if (userId !== undefined) return { account, verdict: "there", obstacle: userId };
    return skipped.get(account) ?? { account, verdict: "create" };
  });
}

/** By what two records are of one person. The system user id stays where all other ids have changed. */
function keysOf({ ids, user }: RecordedAccount): string[] {
  const all = [...ids, [UserIdType.USER_ID, user.userId] as const];
  return all.map(([type, id]) => `${type} ${canonicalId(id, type)}`);
}

/** Whether an id, of whichever type, is one of an account's. */
export function isNamedBy(wanted: string, { id, user, ids }: RecordedAccount): boolean {
  if (wanted === id || wanted === user.userId) return true;
  return ids.some(([type, own]) => canonicalId(own, type) === canonicalId(wanted, type));
}

/**
 * The accounts with an id that names somebody in the pool, with the system user id.
 *
 * @throws Error if a look-up fails
 */
async function findPresent(
  accounts: readonly RecordedAccount[],
  reader: PoolReader,
): Promise<Map<RecordedAccount, string>> {
  const present = new Map<RecordedAccount, string>();
  for (const type of USER_ID_TYPES) {
    const owners = new Map<string, RecordedAccount>();
    for (const account of accounts) {
      const own = type === UserIdType.USER_ID ? [[type, account.user.userId] as const] : account.ids;
      for (const [its, id] of own) if (its === type) owners.set(id, account);
    }
    const ids = [...owners.keys()];
    for (let at = 0; at < ids.length; at += MOST_CREATED) {
      const some = ids.slice(at, at + MOST_CREATED);
      const users = (await reader.find(some, type)).map((user) => UserSchema.parse(user));
      for (const [id, resolution] of resolveAnswer(some, type, users)) {
        const account = owners.get(id);
        if (!account || resolution.kind === "absent") continue;
        // A user who is found by an id alone has it, or may have it: nobody is created then.
        const user = resolution.kind === "found" ? resolution : (await reader.find([id], type)).at(0);
        if (user) present.set(account, user.userId);
      }
    }
  }
  return present;
}

/** The most users in one call (source: "Batch create users" page). */
const MOST_CREATED = 50;

/** The fields that both a record and the call have. Passwords and second factors are in no record. */
const FIELDS = [
  ...["status", "name", "nickname", "photo", "username", "externalId", "email", "emailVerified"],
  ...["phone", "phoneCountryCode", "phoneVerified", "gender", "birthdate", "givenName", "familyName"],
  ...["middleName", "preferredUsername", "profile", "website", "company", "country", "province", "city"],
  ...["address", "streetAddress", "postalCode", "region", "formatted", "locale", "zoneinfo"],
  ...["departmentIds", "customData", "identities"],
] as const;

/** How it ended for one account. */
export interface Restored {
  readonly account: RecordedAccount;
  /** `unconfirmed`: GenAuth answered with success, and no look-up shows the account. */
  readonly ending: "created" | "there" | "refused" | "unconfirmed";
  /** Of the person who is there now. */
  readonly userId?: string;
  /** Why GenAuth refused it. */
  readonly why?: string;
}

export interface RestoreRequest {
  readonly reader: PoolReader;
  readonly client: Pick<RestoreClient, "create">;
  /** How long look-ups may lag behind, in milliseconds. */
  readonly patienceMs: number;
  /** Is given each ending as soon as it is known. */
  readonly onEnd: (restored: Restored) => void;
}

/**
 * Creates accounts, up to 50 in a call, and looks them up before it and after it.
 *
 * @throws Error if a look-up fails or it is unknown whether a call was carried out. A further run looks up
 *   who is there.
 */
export async function restoreAccounts(
  accounts: readonly RecordedAccount[],
  request: RestoreRequest,
): Promise<void> {
  for (let at = 0; at < accounts.length; at += MOST_CREATED) {
    const chunk = accounts.slice(at, at + MOST_CREATED);
    const refused = await restoreSome(chunk, request);
    if (!refused) continue;
    // GenAuth creates all users of a call or none.
    let left = chunk.length;
    for (const account of chunk) {
      const failed = chunk.length === 1 ? refused : await restoreSome([account], request);
      if (failed) request.onEnd({ account, ending: "refused", why: failed.failure.message });
      else left -= 1;
    }
    if (left === chunk.length && at + chunk.length < accounts.length)
      throw new Error("GenAuth refused everybody of a call, so nobody further was tried.");
  }
}

/** @returns why GenAuth refused the whole call */
async function restoreSome(
  some: readonly RecordedAccount[],
  { reader, client, patienceMs, onEnd }: RestoreRequest,
): Promise<Failed | undefined> {
  const present = await findPresent(some, reader);
  const absent = some.filter((account) => !present.has(account));
  if (absent.length > 0) {
    const answer = await client.create(absent.map(({ user }) => fieldsOf(user)));
    if (!answer.ok && isDeclined(answer) && answer.failure.effect === "none") return answer;
    if (!answer.ok)
      throw new Error(
        `${answer.failure.message} It is not known whether the accounts of this call were created. Run the same command again: it looks up first who is there.`,
      );
  }
  for (const [account, userId] of present) onEnd({ account, ending: "there", userId });
  let created = new Map<RecordedAccount, string>();
  if (absent.length > 0)
    await reader.until(async () => {
      created = await findPresent(absent, reader);
      return created.size === absent.length;
    }, patienceMs);
  for (const account of absent) {
    const userId = created.get(account);
    onEnd(userId === undefined ? { account, ending: "unconfirmed" } : { account, ending: "created", userId });
  }
  return undefined;
}

function fieldsOf(user: FullUser): Readonly<Record<string, unknown>> {
  const given = FIELDS.map((field) => [field, user[field]] as const).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(given);
}
