import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import { Caller, type Observation } from "./caller";
import { type Call, getUser, getUserBatch, listArchivedUsersPage, listUsersPage } from "./calls";
import { type CallOutcome, isUserNotFound } from "./failure";
import { checkOptions, type ManagementClientOptions } from "./options";
import type { Page } from "./pages";
import { createSender } from "./sender";
import { type ArchivedUser, type User, UserSchema, type UserSearch } from "./users";

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
  /** Closes the connections. */
  close(): void;
}

/** A call that has no answer this often is a finding; a run of the provider tries longer. */
const MOST_ATTEMPTS = 3;

/** Creates a probe. @throws OptionError for an invalid option */
export function createPoolProbe(options: ManagementClientOptions, clock: Clock = systemClock): PoolProbe {
  const checked = checkOptions(options);
  const settings = { ...checked, maxAttempts: Math.min(checked.maxAttempts, MOST_ATTEMPTS) };
  const sender = createSender(options, settings, clock);
  const caller = new Caller(settings, sender, clock);
  const probe = async <T>(call: Call<T> & { readonly kind: "read" }): Promise<Probed<T>> => {
    let last: Observation = { milliseconds: 0 };
    const outcome = await caller.call(call, undefined, (observation) => (last = observation));
    return { ...outcome, ...last };
  };
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
        ...(serverAheadMs !== undefined && { serverAheadMs }),
      };
    },
    listPage: (search, page) =>
      probe({
        ...listUsersPage(search, page),
        data: z.object({ totalCount: z.number().int().min(0), list: users }),
      }),
    listArchived: (since) => probe(listArchivedUsersPage(since, 1)),
    close: () => sender.close(),
  };
}
