import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import { Caller, type Observation } from "./caller";
import {
  type Call,
  getFullUsers,
  getUser,
  getUserBatch,
  listArchivedUsersPage,
  listUsersPage,
} from "./calls";
import { type CallOutcome, isUserNotFound } from "./failure";
import { checkOptions, type ManagementClientOptions } from "./options";
import type { Page } from "./pages";
import { createSender } from "./sender";
import {
  type ListedIdentitySource,
  listIdentitySources,
  listPipelineFunctions,
  listSyncTasks,
  listWebhooks,
  type ListedFunction,
  type ListedSyncTask,
  type ListedWebhook,
} from "./surroundings";
import {
  type ArchivedUser,
  type FullUser,
  FullUserSchema,
  type User,
  UserSchema,
  type UserSearch,
} from "./users";

/** Makes a system user id that names nobody. */
export function unknownUserId(): string {
  return randomBytes(12).toString("hex");
}

/** A user as a probe shows it: also with the tenant, which no other part of this project needs. */
export type ProbedUser = User & { readonly tenantId?: string | null | undefined };

/** The result of a call, and what its last attempt shows. */
export type Probed<T> = CallOutcome<T> & Observation;

/**
 * Single calls that find out how a service behaves, as it is: nothing is split, merged or sent another way. It has no call
 * that changes anything.
 */
export interface PoolProbe {
  /** Looks up users in one call, however long its URL is. */
  lookUp(ids: readonly string[], userIdType: string): Promise<Probed<readonly ProbedUser[]>>;
  /** Looks up one user; `undefined` if GenAuth confirms that there is none. */
  lookUpOne(id: string, userIdType: string): Promise<Probed<ProbedUser | undefined>>;
  /** Reads one page of the users that a search finds. */
  listPage(search: UserSearch, page: number): Promise<Probed<Page<ProbedUser>>>;
  /** Reads the first page of the users deleted since a moment, in seconds since 1970. */
  listArchived(since: number): Promise<Probed<Page<ArchivedUser>>>;
  /** Looks up users in one call, with all fields that GenAuth shows. */
  lookUpFull(ids: readonly string[], userIdType: string): Promise<Probed<readonly FullUser[]>>;
  /** Reads one page of the users that a search finds, with all fields that GenAuth shows. */
  listFullPage(search: UserSearch, page: number): Promise<Probed<Page<FullUser>>>;
  /** What a change of a user may set off, as far as GenAuth lists it; the first 50 of each kind. */
  listWebhooks(): Promise<Probed<readonly ListedWebhook[]>>;
  listSyncTasks(): Promise<Probed<readonly ListedSyncTask[]>>;
  listPipelineFunctions(): Promise<Probed<readonly ListedFunction[]>>;
  /** The identity sources of the pool. */
  listIdentitySources(): Promise<Probed<readonly ListedIdentitySource[]>>;
  /** Closes the connections. */
  close(): void;
}

/** A call that has no answer this often is a finding; a run of the provider tries longer. */
const MOST_ATTEMPTS = 3;

/** Creates a probe. @throws OptionError for an invalid option */
export function createPoolProbe(options: ManagementClientOptions, clock: Clock = systemClock): PoolProbe {
  const { send, close } = createSingleCalls(options, clock);
  return probeBy(send, close);
}

/** Sends a call, and returns its result with what the last attempt shows. */
export type Send = <T>(call: Call<T>) => Promise<Probed<T>>;

/** Makes single calls, under one pace. @throws OptionError for an invalid option */
export function createSingleCalls(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): { readonly send: Send; readonly close: () => void } {
  const checked = checkOptions(options);
  const settings = { ...checked, maxAttempts: Math.min(checked.maxAttempts, MOST_ATTEMPTS) };
  const sender = createSender(options, settings, clock);
  const caller = new Caller(settings, sender, clock);
  return {
    async send(call) {
      let last: Observation = { milliseconds: 0 };
      const outcome = await caller.call(call, undefined, (observation) => (last = observation));
      return { ...outcome, ...last };
    },
    close: () => sender.close(),
  };
}

/** The calls of a probe, which only read. */
export function probeBy(send: Send, close: () => void): PoolProbe {
  const probe = <T>(call: Call<T> & { readonly kind: "read" }): Promise<Probed<T>> => send(call);
  const user = UserSchema.and(z.object({ tenantId: z.string().nullish() }));
  const users = z.array(user);
  return {
    lookUp: (ids, type) => probe({ ...getUserBatch(ids, type), data: users }),
    async lookUpOne(id, type) {
      const probed = await probe({ ...getUser(id, type), data: user });
      const { milliseconds, serverAheadMs } = probed;
      if (!isUserNotFound(probed)) return probed;
      return {
        ok: true,
        value: undefined,
        milliseconds,
        serverAheadMs,
      };
    },
    listPage: (search, page) =>
      probe({
        ...listUsersPage(search, page),
        data: z.object({ totalCount: z.number().int().min(0), list: users }),
      }),
    listArchived: (since) => probe(listArchivedUsersPage(since, 1)),
    lookUpFull: (ids, type) => probe({ ...getFullUsers(ids, type), data: z.array(FullUserSchema) }),
    listFullPage: (search, page) =>
      probe({
        ...listUsersPage(search, page),
        data: z.object({ totalCount: z.number().int().min(0), list: z.array(FullUserSchema) }),
      }),
    listWebhooks: () => probe(listWebhooks()),
    listSyncTasks: () => probe(listSyncTasks()),
    listPipelineFunctions: () => probe(listPipelineFunctions()),
    listIdentitySources: () => probe(listIdentitySources()),
    close,
  };
}
