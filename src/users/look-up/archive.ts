import type { UserDirectory } from "../directory";
import { userIdKey } from "../ids/id-types";

/** The part of a directory that lists deleted users. */
export type UserArchive = Pick<UserDirectory, "archivedSince">;

/** How many pages of the list are read. */
const MOST_PAGES = 100;

/**
 * Finds users that a directory lists as deleted.
 *
 * @param since a moment before their deletion, in milliseconds since 1970
 * @returns those of the system user ids that it lists, as `userIdKey` writes them. If the list cannot be
 *   read, or is too long, it lists none.
 */
export async function findArchived(
  archive: UserArchive,
  userIds: readonly string[],
  since: number,
  stop?: AbortSignal,
): Promise<Set<string>> {
  const archived = await archive.archivedSince(Math.floor(since / 1000), MOST_PAGES, stop);
  const listed = new Set(archived.ok ? archived.value?.map(userIdKey) : undefined);
  return new Set(userIds.map(userIdKey).filter((userId) => listed.has(userId)));
}
