import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import type { Outcome } from "../users";
import { Caller, type Forwarded } from "./caller";
import {
  type ApiRequest,
  type Call,
  deleteUsersBatch,
  getUser,
  getUserBatch,
  getFullUsers,
  getUserRecords,
  listArchivedUsersPage,
  listDepartmentMembersPage,
  listUserRecordsPage,
  listUsersPage,
  splitForUrl,
  updateUserBatch,
} from "./calls";
import { isUserNotFound } from "./failure";
import { checkOptions, type ManagementClientOptions } from "./options";
import { collectArchived, type ListedPage, readPages, type UserPage } from "./pages";
import { createSender } from "./sender";
import { classifyReply } from "./classify-reply";
import type { Reply } from "./transport";
import {
  type Department,
  type FullUser,
  type User,
  UserSchema,
  type UserRecord,
  type UserSearch,
} from "./users";

/**
 * The part of GenAuth's Management API that this project uses. Calls return a {@link Outcome} and do not throw for
 * failures of the service or the network. The signal of each call means "start nothing new".
 */
export interface ManagementClient {
  /** How many calls are in flight at once, at most. */
  readonly parallelism: number;
  /** Whether a guard looks everybody up right before a deletion. */
  readonly looksBeforeDeletion: boolean;
  /**
   * Looks up at most 50 users by ids of one type. The answer holds each existing user once, in no particular order.
   * Takes several calls if the ids are too long for one URL.
   */
  findUsers(
    ids: readonly string[],
    userIdType: string,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly User[]>>;
  /** Looks up one user; `undefined` if GenAuth confirms that there is none. */
  findUser(id: string, userIdType: string, stop?: AbortSignal): Promise<Outcome<User | undefined>>;
  /** Reads all fields of at most 50 users, by system user id. Leaves out those that do not exist. */
  readFullUsers(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly FullUser[]>>;
  /**
   * Lists the users that a search finds, page by page, each user once. Ends with a failure if a page cannot be read, or
   * if the pages hold more or fewer users than GenAuth counts.
   */
  listUsers(search?: UserSearch, stop?: AbortSignal): AsyncGenerator<Outcome<UserPage>>;
  /** As {@link listUsers}, with the fields that a search can be checked by. */
  listRecords(search: UserSearch, stop?: AbortSignal): AsyncGenerator<Outcome<ListedPage<UserRecord>>>;
  /** As {@link listRecords}, of the members of a department. */
  listMembers(department: Department, stop?: AbortSignal): AsyncGenerator<Outcome<ListedPage<UserRecord>>>;
  /** Reads at most 50 users by system user id, as a search shows them. Leaves out those that do not exist. */
  readRecords(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly UserRecord[]>>;
  /**
   * The system user ids of all users deleted since a moment, in seconds since 1970; `undefined` if that takes more than
   * `mostPages`. Fails if a page cannot be read, or if the pages are inconsistent or hold older deletions.
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;
  /** Deletes at most 50 users. Sent again only if it was certainly not carried out. */
  deleteUsers(ids: readonly string[], userIdType: string, stop?: AbortSignal): Promise<Outcome<void>>;
  /**
   * Sets the status of at most 50 users, by system user id, and no other field. Sent again only if it was certainly not
   * carried out.
   */
  setStatus(
    userIds: readonly string[],
    status: "Activated" | "Suspended",
    stop?: AbortSignal,
  ): Promise<Outcome<void>>;
  /**
   * The time on GenAuth's clock, in milliseconds since 1970: the `Date` of its latest successful answer, and what has
   * passed since. `undefined` before the first one. Never ahead of GenAuth's clock, because the header has no fractions.
   */
  serviceTime(): number | undefined;
  /** Closes the connections; a later call opens new ones. */
  close(): void;
}

/** A client that also signs and sends the requests of other processes, all under its one pace. */
export interface ForwardingClient extends ManagementClient {
  /** Where requests go: scheme, name and port. */
  readonly origin: string;
  /**
   * Sends a request once. Nothing is sent, and nothing returned, if the signal fires before its turn.
   *
   * @param mayGo is asked in its turn whether to send it
   */
  forward(
    request: ApiRequest,
    stop: AbortSignal,
    mayGo?: () => Promise<boolean>,
  ): Promise<Forwarded | undefined>;
}

const AnsweredUsers = z.array(UserSchema);

/** The users in a successful reply; none if it is not one, or holds no users. */
export function readAnsweredUsers(reply: Reply): readonly User[] {
  const attempt = classifyReply({ data: AnsweredUsers }, reply, Date.now());
  return "value" in attempt ? attempt.value : [];
}

/** Creates a client. @throws OptionError for an invalid option */
export function createManagementClient(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): ManagementClient {
  return createForwardingClient(options, clock);
}

/** Creates a client that can forward requests, too. @throws OptionError for an invalid option */
export function createForwardingClient(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): ForwardingClient {
  const settings = checkOptions(options);
  const sender = createSender(options, settings, clock);
  const caller = new Caller(settings, sender, clock);
  /** Looks users up, in several calls if their ids do not fit into one URL. */
  const lookUp = async <U extends { readonly userId: string }>(
    ids: readonly string[],
    callFor: (batch: readonly string[]) => Call<readonly U[]>,
    stop?: AbortSignal,
  ) => {
    const parts = splitForUrl(ids).map((batch) => caller.call(callFor(batch), stop));
    return mergeLookUps(await Promise.all(parts));
  };
  const change = async (call: Call<unknown>, stop?: AbortSignal): Promise<Outcome<void>> => {
    const outcome = await caller.call(call, stop);
    return outcome.ok ? { ok: true, value: undefined } : outcome;
  };
  return {
    origin: settings.origin,
    forward: (request, stop, mayGo) => caller.forward(request, stop, mayGo),
    parallelism: settings.parallelism,
    looksBeforeDeletion: settings.guard !== undefined,
    findUsers: (ids, userIdType, stop) => lookUp(ids, (batch) => getUserBatch(batch, userIdType), stop),
    readFullUsers: (userIds, stop) => lookUp(userIds, getFullUsers, stop),
    listUsers: (search = {}, stop) => readPages((page) => caller.call(listUsersPage(search, page), stop)),
    listRecords: (search, stop) => readPages((page) => caller.call(listUserRecordsPage(search, page), stop)),
    listMembers: (department, stop) =>
      readPages((page) => caller.call(listDepartmentMembersPage(department, page), stop)),
    readRecords: (userIds, stop) => lookUp(userIds, getUserRecords, stop),
    archivedSince(since, mostPages, stop) {
      const pages = readPages((page) => caller.call(listArchivedUsersPage(since, page), stop));
      return collectArchived(pages, since, mostPages);
    },
    async findUser(id, userIdType, stop) {
      const outcome = await caller.call(getUser(id, userIdType), stop);
      return isUserNotFound(outcome) ? { ok: true, value: undefined } : outcome;
    },
    deleteUsers: (ids, userIdType, stop) => change(deleteUsersBatch(ids, userIdType), stop),
    setStatus: (userIds, status, stop) => change(updateUserBatch(userIds, status), stop),
    serviceTime: () => caller.serviceTime(),
    close: () => sender.close(),
  };
}

/** Merges several look-ups: all of their users, each once, or the first failure. */
function mergeLookUps<U extends { readonly userId: string }>(
  outcomes: readonly Outcome<readonly U[]>[],
): Outcome<readonly U[]> {
  const users = new Map<string, U>();
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    for (const user of outcome.value) users.set(user.userId, user);
  }
  return { ok: true, value: [...users.values()] };
}
