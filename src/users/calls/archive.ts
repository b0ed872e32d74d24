import type { Outcome } from "../directory";
import { userIdKey } from "../ids/id-types";

/** A user directory's archive of deleted users, no matter who deleted them. */
export interface UserArchive {
  /**
   * Lists the users deleted since a point in time. Fails if the archive changed while it was read, is inconsistent, or contains
   * entries that were not requested.
   *
   * @param since in seconds since 1970
   * @param mostPages the most calls to make, at least 1
   * @param stop start nothing new once this fires
   * @returns `undefined` if the archive needs more calls
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;
}

/** How many pages of the archive are read to find a user that was deleted instead of another. */
const MOST_PAGES = 100;

/** Finds users in the archive. Shared by all sets of a run, so that each tells those whom the run deletes from others. */
export class ArchiveReader {
  private readonly own: (readonly { readonly userId: string }[])[] = [];

  constructor(private readonly archive: UserArchive) {}

  /** Registers users that this run deletes. */
  addOwnDeletions(users: readonly { readonly userId: string }[]): void {
    this.own.push(users);
  }

  /**
   * Finds users whom this run did not archive.
   *
   * @param time in milliseconds since 1970
   * @returns the system user ids archived since then; `undefined` if they are too many to read
   */
  async byOthersSince(time: number, stop?: AbortSignal): Promise<Outcome<readonly string[] | undefined>> {
    const archived = await this.archive.archivedSince(Math.floor(time / 1000), MOST_PAGES, stop);
    if (!archived.ok || !archived.value) return archived;
    const own = new Set(this.own.flatMap((users) => users.map(({ userId }) => userIdKey(userId))));
    return { ok: true, value: [...new Set(archived.value)].filter((userId) => !own.has(userIdKey(userId))) };
  }
}
