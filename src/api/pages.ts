import type { Failure, Outcome } from "./outcome";
import { type ListedPage, USERS_PER_PAGE } from "./user-search";

/** What the API answers for one page. */
export interface Page<U> {
  readonly totalCount: number;
  readonly list: readonly U[];
}

/**
 * Reads page after page, and gives each user once. Users who come or go meanwhile move others from page to
 * page: the list is then not whole, and that is a failure, because whoever is left out of an export would be
 * taken for somebody to be removed.
 */
export async function* pagesOf<U extends { readonly userId: string }>(
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
    // A server that gives the same page again, or more than it counts, would never come to an end.
    if (list.length < USERS_PER_PAGE || users.length === 0 || seen.size > totalCount) {
      // One who went while a page was read moves another past it: the sum is right then, and only the total tells.
      if (seen.size !== totalCount || total !== totalCount) yield { ok: false, failure: NOT_WHOLE };
      return;
    }
  }
}

const NOT_WHOLE: Failure = {
  message:
    "Users came or went while they were read, so some may be missing from the list. Run it again, at a quieter time.",
  reach: "call",
  effect: "none",
  transient: true,
};
