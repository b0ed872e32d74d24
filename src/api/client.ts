import { archivedSince } from "./archived-since";
import { batches } from "./batches";
import { Caller } from "./caller";
import {
  deleteUsersBatch,
  getUser,
  getUserBatch,
  getUserRecords,
  listArchivedUsersPage,
  listUsersPage,
} from "./calls";
import { systemClock } from "./clock";
import type { Clock } from "./clock";
import { pagesOf } from "./pages";
import { settingsOf } from "./settings";
import type { ManagementClientOptions } from "./options";
import type { Outcome } from "./outcome";
import { signerOf } from "./signature";
import { createTransport } from "./transport";
import type { User, UserRecord } from "./user";
import type { UserPage, UserSearch } from "./user-search";

/**
 * GenAuth's Management API, as far as it is used here. Calls answer with an {@link Outcome} and do not throw
 * for what the service or the network does. Each takes a signal that means "start nothing new".
 */
export interface ManagementClient {
  /** How many calls are in flight at once, at most. */
  readonly parallelism: number;
  /**
   * Looks up to 50 users up by ids of one type. Those that do not exist are left out, each stands once, and
   * order is not promised. Takes several calls where the ids are too long for one URL.
   */
  findUsers(
    ids: readonly string[],
    userIdType: string,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly User[]>>;
  /** Looks one user up; `undefined` where GenAuth says that there is none. */
  findUser(id: string, userIdType: string, stop?: AbortSignal): Promise<Outcome<User | undefined>>;
  /** Reads all that GenAuth shows of up to 50 users, by their system user ids. Those that do not exist are left out. */
  readRecords(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly UserRecord[]>>;
  /**
   * Lists the users that a search finds, a page at a time, each user once. Ends with a failure where a page
   * cannot be read, or where the pages do not hold as many users as GenAuth says there are.
   */
  listUsers(search?: UserSearch, stop?: AbortSignal): AsyncGenerator<Outcome<UserPage>>;
  /**
   * Names who was deleted since a moment, in seconds since 1970; `undefined` where that takes more than so many pages.
   * Fails where a page cannot be read, the pages do not hold as many users as GenAuth says there are, or hold older ones.
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;
  /** Deletes up to 50 users. Sent again only where it surely was not carried out. */
  deleteUsers(ids: readonly string[], userIdType: string, stop?: AbortSignal): Promise<Outcome<void>>;
  /** Frees the connections; a call made later would open new ones. */
  close(): void;
}

/** Makes a client. Throws an `OptionError` for an option that cannot be used. */
export function createManagementClient(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): ManagementClient {
  const settings = settingsOf(options);
  const transport = createTransport(settings);
  const sign = signerOf(options.accessKeyId, options.accessKeySecret);
  const caller = new Caller(settings, sign, transport, clock);
  return {
    parallelism: settings.parallelism,
    async findUsers(ids, userIdType, stop) {
      const look = (batch: readonly string[]) => caller.call(getUserBatch(batch, userIdType), stop);
      return merged(await Promise.all(batches(ids).map(look)));
    },
    async readRecords(userIds, stop) {
      const read = (batch: readonly string[]) => caller.call(getUserRecords(batch), stop);
      return merged(await Promise.all(batches(userIds).map(read)));
    },
    listUsers: (search = {}, stop) => pagesOf((page) => caller.call(listUsersPage(search, page), stop)),
    archivedSince(since, mostPages, stop) {
      const pages = pagesOf((page) => caller.call(listArchivedUsersPage(since, page), stop));
      return archivedSince(pages, since, mostPages);
    },
    async findUser(id, userIdType, stop) {
      const outcome = await caller.call(getUser(id, userIdType), stop);
      return isUserNotFound(outcome) ? { ok: true, value: undefined } : outcome;
    },
    async deleteUsers(ids, userIdType, stop) {
      const outcome = await caller.call(deleteUsersBatch(ids, userIdType), stop);
      return outcome.ok ? { ok: true, value: undefined } : outcome;
    },
    close: () => transport.close(),
  };
}

/** One outcome of several look-ups: all of their users, each once, or the first failure. */
function merged<U extends { readonly userId: string }>(
  outcomes: readonly Outcome<readonly U[]>[],
): Outcome<readonly U[]> {
  const users = new Map<string, U>();
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    for (const user of outcome.value) users.set(user.userId, user);
  }
  return { ok: true, value: [...users.values()] };
}

/**
 * Both codes must be there. A 404 alone is also what a wrong path, a wrong host or a missing pool gives, and
 * reading those as "gone" would report users as deleted who are not.
 */
function isUserNotFound(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && outcome.failure.statusCode === 404 && outcome.failure.apiCode === USER_NOT_FOUND;
}

/** Source: GenAuth's error-code page. */
const USER_NOT_FOUND = 2004;
