import type { DirectoryFailure, Outcome } from "../users";
import { type ArchivedUser, type User, USERS_PER_PAGE } from "./users";

/** One page of a list. */
export interface ListedPage<U> {
  /** At most {@link USERS_PER_PAGE}. */
  readonly users: readonly U[];
  /** The number of users in the whole list. */
  readonly total: number;
}

/** One page of a list of users. */
export type UserPage = ListedPage<User>;

export interface Page<U> {
  readonly totalCount: number;
  readonly list: readonly U[];
}

/**
 * Reads page after page, and yields each user once. If users are added or removed meanwhile, others move
 * between pages and the list is incomplete. That is a failure: somebody missing from an export would look
 * like somebody to remove. The count tells it, so it stays unnoticed if one user is removed and another added.
 */
export async function* readPages<U extends { readonly userId: string }>(
  read: (page: number) => Promise<Outcome<Page<U>>>,
): AsyncGenerator<Outcome<ListedPage<U>>> {
  const seen = new Set<string>();
  let total: number | undefined;
  for (let page = 1; ; page += 1) {
    const outcome = await read(page);
    if (!outcome.ok) {
      yield outcome;
      return;
    }
    const { list, totalCount } = outcome.value;
    total ??= totalCount;
    const users = list.filter(({ userId }) => !seen.has(userId));
    for (const { userId } of users) seen.add(userId);
    yield { ok: true, value: { users, total: totalCount } };
    // A server that repeats a page, or lists more users than it counts, would never end.
    if (list.length < USERS_PER_PAGE || users.length === 0 || seen.size > totalCount) {
      // A user removed during the reading moves another one past it. Then the count fits, and only the total
      // differs.
      if (seen.size !== totalCount || total !== totalCount) yield { ok: false, failure: INCOMPLETE };
      return;
    }
  }
}

const INCOMPLETE: DirectoryFailure = {
  message:
    "Users were added or removed while the list was read, so some may be missing from it. Run the command again at a quieter time.",
  reach: "call",
  effect: "none",
  transient: true,
};

/** A server that rounds to seconds may list users deleted up to a second earlier. In milliseconds. */
const ROUNDING_MS = 1000;

/**
 * Collects system user ids from the archive of deleted users.
 *
 * @param pages ends with a failure if the pages are inconsistent
 * @param since in seconds since 1970
 * @returns `undefined` if the archive has more than `mostPages`
 */
export async function collectArchived(
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
      return { ok: false, failure: TOO_OLD };
    userIds.push(...users.map(({ userId }) => userId));
  }
  return { ok: true, value: userIds };
}

const TOO_OLD: DirectoryFailure = {
  message: "GenAuth's archive of deleted users includes some who were deleted before the requested time.",
  reach: "call",
  effect: "none",
  transient: false,
};
