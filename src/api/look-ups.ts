import type { Outcome } from "../users";
import { type Call, getUser, getUserBatch, splitForUrl } from "./calls";
import { isUserNotFound } from "./failure";
import type { User } from "./users";

/** Sends a call, and returns how it ended. */
export type SendCall = <T>(call: Call<T>, stop?: AbortSignal) => Promise<Outcome<T>>;

/** Looks users up. */
export interface UserFinder {
  /**
   * Looks up at most 50 users by ids of one type. The answer holds each existing user once, in no particular
   * order. Takes several calls if the ids are too long for one URL.
   */
  findUsers(
    ids: readonly string[],
    userIdType: string,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly User[]>>;
  /** Looks up one user; `undefined` if GenAuth confirms that there is none. */
  findUser(id: string, userIdType: string, stop?: AbortSignal): Promise<Outcome<User | undefined>>;
}

/** Looks users up by calls that a function sends. */
export function finderBy(send: SendCall): UserFinder {
  return {
    findUsers: (ids, userIdType, stop) =>
      lookUpInParts(ids, (part) => send(getUserBatch(part, userIdType), stop)),
    async findUser(id, userIdType, stop) {
      const outcome = await send(getUser(id, userIdType), stop);
      return isUserNotFound(outcome) ? { ok: true, value: undefined } : outcome;
    },
  };
}

/**
 * Looks ids up in as many calls as their URLs need.
 *
 * @returns all of their users, each once, or the first failure
 */
export async function lookUpInParts<U extends { readonly userId: string }>(
  ids: readonly string[],
  lookUp: (part: readonly string[]) => Promise<Outcome<readonly U[]>>,
): Promise<Outcome<readonly U[]>> {
  const users = new Map<string, U>();
  for (const outcome of await Promise.all(splitForUrl(ids).map(lookUp))) {
    if (!outcome.ok) return outcome;
    for (const user of outcome.value) users.set(user.userId, user);
  }
  return { ok: true, value: [...users.values()] };
}
