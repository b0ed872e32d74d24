import type { Failure, Outcome } from "./outcome";
import type { ArchivedUser } from "./user";
import { type ListedPage, USERS_PER_PAGE } from "./user-search";

/** A server that rounds to seconds may list who was deleted within the second before. In milliseconds. */
const ROUNDING_MS = 1000;

/**
 * Gathers the system user ids of a record of deleted users, unless it is too long.
 *
 * @param pages ends with a failure where the pages do not add up
 * @param since in seconds since 1970
 * @returns `undefined` where the record has more than `mostPages`
 */
export async function archivedSince(
  pages: AsyncIterable<Outcome<ListedPage<ArchivedUser>>>,
  since: number,
  mostPages: number,
): Promise<Outcome<readonly string[] | undefined>> {
  const userIds: string[] = [];
  for await (const page of pages) {
    if (!page.ok) return page;
    const { users, total } = page.value;
    if (total > mostPages * USERS_PER_PAGE) return { ok: true, value: undefined };
    if (users.some(({ archivedAt }) => archivedAt < since * 1000 - ROUNDING_MS))
      return { ok: false, failure: NOT_ASKED_FOR };
    userIds.push(...users.map(({ userId }) => userId));
  }
  return { ok: true, value: userIds };
}

const NOT_ASKED_FOR: Failure = {
  message:
    "GenAuth's record of deleted users holds some who were deleted before the time that was asked for.",
  reach: "call",
  effect: "none",
  transient: false,
};
