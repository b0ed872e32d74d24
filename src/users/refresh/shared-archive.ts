import type { Outcome } from "../directory";
import type { UserArchive } from "./archive";

interface Reading {
  readonly mostPages: number;
  readonly outcome: Promise<Outcome<readonly string[] | undefined>>;
}

/**
 * Reads the record once for all sets of a run that were checked last at the same moment, as those of one stack mostly
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
    // A record that was too long for a smaller set may be worth reading for this one.
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
