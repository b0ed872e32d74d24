import type { Outcome } from "../directory";

/** What an incremental refresh needs of a user directory: its record of who was deleted. */
export interface UserArchive {
  /**
   * Names who was deleted since a moment. A record that changed while it was read, does not add up, or holds what was
   * not asked for is a failure.
   *
   * @param since in seconds since 1970
   * @param mostPages how many calls the record is worth, at least 1
   * @param stop start nothing new once this fires
   * @returns `undefined` where the record is longer than that
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;
}
