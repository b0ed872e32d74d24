import { type Clock, systemClock } from "../timing";
import type { Outcome } from "../users";
import { Caller } from "./caller";
import {
  type Call,
  deleteUsersBatch,
  getFullUsers,
  getUserRecords,
  listArchivedUsersPage,
  listUserRecordsPage,
  listUsersPage,
  updateUserBatch,
} from "./calls";
import { finderBy, lookUpInParts, type UserFinder } from "./look-ups";
import { checkOptions, type ManagementClientOptions } from "./options";
import { collectArchived, type ListedPage, readPages, type UserPage } from "./pages";
import { createSender } from "./sender";
import { type FullUser, type UserRecord } from "./users";

/**
 * The part of GenAuth's Management API that this project uses. Calls return a {@link Outcome} and do not
 * throw for failures of the service or the network. The signal of each call means "start nothing new".
 */
export interface ManagementClient extends UserFinder {
  /** How many calls are in flight at once, at most. */
  readonly parallelism: number;
  /** Whether a guard looks everybody up right before a deletion. */
  readonly looksBeforeDeletion: boolean;
  /** Reads all fields of at most 50 users, by system user id. Leaves out those that do not exist. */
  readFullUsers(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly FullUser[]>>;
  /**
   * Lists all users page by page, each user once. Ends with a failure if a page cannot be read, or if the
   * pages hold more or fewer users than GenAuth counts.
   */
  listUsers(stop?: AbortSignal): AsyncGenerator<Outcome<UserPage>>;
  /** As {@link listUsers}, with the fields that the data source returns. */
  listRecords(stop?: AbortSignal): AsyncGenerator<Outcome<ListedPage<UserRecord>>>;
  /** Reads at most 50 users by system user id, as a list shows them. Leaves out those that do not exist. */
  readRecords(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly UserRecord[]>>;
  /**
   * The system user ids of all users deleted since a moment, in seconds since 1970; `undefined` if that takes
   * more than `mostPages`. Fails if a page cannot be read, or if the pages are inconsistent or hold older
   * deletions.
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;
  /** Deletes at most 50 users. Sent again only if it was certainly not carried out. */
  deleteUsers(ids: readonly string[], userIdType: string, stop?: AbortSignal): Promise<Outcome<void>>;
  /**
   * Sets the status of at most 50 users, by system user id, and no other field. Sent again only if it was
   * certainly not carried out.
   */
  setStatus(
    userIds: readonly string[],
    status: "Activated" | "Suspended",
    stop?: AbortSignal,
  ): Promise<Outcome<void>>;
  /**
   * The time on GenAuth's clock, in milliseconds since 1970: the `Date` of its latest successful answer, and
   * what has passed since. `undefined` before the first one. Never ahead of GenAuth's clock, because the
   * header has no fractions.
   */
  serviceTime(): number | undefined;
  /** Closes the connections; a later call opens new ones. */
  close(): void;
}

/** Creates a client. @throws OptionError for an invalid option */
export function createManagementClient(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): ManagementClient {
  const settings = checkOptions(options);
  const sender = createSender(options, settings, clock);
  const caller = new Caller(settings, sender, clock);
  const change = async (call: Call<unknown>, stop?: AbortSignal): Promise<Outcome<void>> => {
    const outcome = await caller.call(call, stop);
    return outcome.ok ? { ok: true, value: undefined } : outcome;
  };
  return {
    ...finderBy((call, stop) => caller.call(call, stop)),
    parallelism: settings.parallelism,
    looksBeforeDeletion: settings.guard !== undefined,
    readFullUsers: (userIds, stop) => lookUpInParts(userIds, (part) => caller.call(getFullUsers(part), stop)),
    listUsers: (stop) => readPages((page) => caller.call(listUsersPage(page), stop)),
    listRecords: (stop) => readPages((page) => caller.call(listUserRecordsPage(page), stop)),
    readRecords: (userIds, stop) => lookUpInParts(userIds, (part) => caller.call(getUserRecords(part), stop)),
    archivedSince(since, mostPages, stop) {
      const pages = readPages((page) => caller.call(listArchivedUsersPage(since, page), stop));
      return collectArchived(pages, since, mostPages);
    },
    deleteUsers: (ids, userIdType, stop) => change(deleteUsersBatch(ids, userIdType), stop),
    setStatus: (userIds, status, stop) => change(updateUserBatch(userIds, status), stop),
    serviceTime: () => caller.serviceClock.now(),
    close: () => sender.close(),
  };
}
