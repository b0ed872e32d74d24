import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import type { Outcome } from "../users";
import { Caller, type Sent } from "./caller";
import { type Call, getUser, getUserBatch, listUsersPage, pageOf, type ReadCall } from "./calls";
import { isUserNotFound } from "./failure";
import { checkOptions, type ManagementClientOptions } from "./options";
import type { Page } from "./pages";
import type { Cause } from "./retry-policy";
import { createSender } from "./sender";
import { readDate } from "./service-clock";
import { type FullUser, FullUserSchema } from "./users";

/** Makes a system user id that names nobody. */
export function unknownUserId(): string {
  return randomBytes(12).toString("hex");
}

/** What the last attempt of a call shows besides its result. */
export interface Observation {
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
  /** How far the server's clock is ahead of this machine's, in milliseconds, to about half a second. */
  readonly serverAheadMs?: number;
  /** Why the attempt failed. */
  readonly cause?: Cause;
}

/** The result of a call, and what its last attempt shows. */
export type Probed<T> = Outcome<T> & Observation;

/**
 * Single calls that find out how a service behaves, as it is: nothing is split, merged or sent another way.
 * It has no call that changes anything.
 */
export interface PoolProbe {
  /** Looks up users in one call, however long its URL is. */
  lookUp(ids: readonly string[], userIdType: string): Promise<Probed<readonly FullUser[]>>;
  /** Looks up one user; `undefined` if GenAuth confirms that there is none. */
  lookUpOne(id: string, userIdType: string): Promise<Probed<FullUser | undefined>>;
  /** Reads one page of all users; the first is 1. */
  listPage(page: number): Promise<Probed<Page<FullUser>>>;
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
      const outcome = await caller.call(call, undefined, (sent) => (last = observe(sent, clock.now())));
      return { ...outcome, ...last };
    },
    close: () => sender.close(),
  };
}

/** @param now when the answer had arrived, by this machine's clock */
function observe({ reply, attempt, milliseconds }: Sent<unknown>, now: number): Observation {
  const serverMs = readDate(reply);
  return {
    milliseconds,
    ...("error" in attempt && { cause: attempt.error.cause }),
    // The header has whole seconds, without the rest.
    ...(serverMs !== undefined && { serverAheadMs: serverMs + 500 - (now - milliseconds / 2) }),
  };
}

/** The calls of a probe, which only read. */
export function probeBy(send: Send, close: () => void): PoolProbe {
  const probe = <T>(call: ReadCall<T>): Promise<Probed<T>> => send(call);
  return {
    lookUp: (ids, type) => probe({ ...getUserBatch(ids, type), data: z.array(FullUserSchema) }),
    async lookUpOne(id, type) {
      const probed = await probe({ ...getUser(id, type), data: FullUserSchema });
      if (!isUserNotFound(probed)) return probed;
      const { milliseconds, serverAheadMs } = probed;
      return { ok: true, value: undefined, milliseconds, serverAheadMs };
    },
    listPage: (page) => probe({ ...listUsersPage(page), data: pageOf(FullUserSchema) }),
    close,
  };
}
