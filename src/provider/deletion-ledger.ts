/**
 * Counts the deletions of all sets of one run, for the operator's limit. A set that is planned again in the
 * same process replaces its former count.
 */
export class DeletionLedger {
  private readonly counts = new Map<string, number>();

  /** Enters a set's deletions and gives the total of all sets so far, this one included. */
  enter(setId: string, deletions: number): number {
    this.counts.set(setId, deletions);
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
