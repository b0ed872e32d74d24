/** How a refresh finds out who of a set is still in the pool. */
export enum Refresh {
  /** Everybody is looked up, 50 a call. Right in every case. */
  FULL = "full",
  /**
   * GenAuth's record of deleted users is read since the last check, and only those are looked up whom it names or of
   * whom nothing is settled. An id that changes in the pool without a deletion is seen by the next full look-up.
   */
  INCREMENTAL = "incremental",
}

/** Whether a text is one of them. */
export function isRefresh(text: string): text is Refresh {
  return (Object.values(Refresh) as readonly string[]).includes(text);
}
