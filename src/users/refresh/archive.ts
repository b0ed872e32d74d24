import type { Outcome } from "../directory";
import { userIdKey } from "../ids/id-types";

/** A user directory's archive: who was deleted, whoever deleted them. */
export interface UserArchive {
  /**
   * Names who was deleted since a moment. An archive that changed while it was read, does not add up, or holds what was
   * not asked for is a failure.
   *
   * @param since in seconds since 1970
   * @param mostPages how many calls the archive is worth, at least 1
   * @param stop start nothing new once this fires
   * @returns `undefined` where it is longer than that
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;
}

interface Reading {
  readonly mostPages: number;
  readonly outcome: Promise<Outcome<readonly string[] | undefined>>;
}

/**
 * Reads the archive once for all sets of a run that were checked last at the same moment, as those of one stack mostly
 * were.
 */
export class SharedArchive implements UserArchive {
  private readonly readings = new Map<number, Reading>();

  constructor(private readonly archive: UserArchive) {}

  async archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>> {
    const known = this.readings.get(since);
    // An archive that was too long for a smaller set may be worth reading for this one.
    if (known && (known.mostPages >= mostPages || !isTooLong(await known.outcome))) return known.outcome;
    // While this waited, another may have begun to read.
    return this.readings.get(since) === known
      ? this.read(since, mostPages, stop)
      : this.archivedSince(since, mostPages, stop);
  }

  private read(since: number, mostPages: number, stop?: AbortSignal): Reading["outcome"] {
    const outcome = this.archive.archivedSince(since, mostPages, stop);
    this.readings.set(since, { mostPages, outcome });
    return outcome;
  }
}

function isTooLong(outcome: Outcome<readonly string[] | undefined>): boolean {
  return outcome.ok && outcome.value === undefined;
}

/** How many pages of the archive are read to find out who was deleted in place of somebody else. */
const MOST_PAGES = 100;

/** Says who was archived by others than this run. One for all sets of a run, so that none takes another's users for that. */
export class ArchivedByOthers {
  private readonly own: (readonly { readonly userId: string }[])[] = [];

  constructor(private readonly archive: UserArchive) {}

  /** Takes notice of users whom this run deletes. */
  ownDeletions(users: readonly { readonly userId: string }[]): void {
    this.own.push(users);
  }

  /**
   * @param time in milliseconds since 1970
   * @returns the system user ids of those who were archived since then; `undefined` where they are too many to be read
   */
  async since(time: number, stop?: AbortSignal): Promise<Outcome<readonly string[] | undefined>> {
    const archived = await this.archive.archivedSince(Math.floor(time / 1000), MOST_PAGES, stop);
    if (!archived.ok || !archived.value) return archived;
    const own = new Set(this.own.flatMap((users) => users.map(({ userId }) => userIdKey(userId))));
    return { ok: true, value: [...new Set(archived.value)].filter((userId) => !own.has(userIdKey(userId))) };
  }
}
