import type { Outcome } from "../directory";
import type { UserIdType } from "../user-id-type";
import type { Target } from "./target";

/** Keeps the full record of users before they are deleted, so that their accounts can be created anew from it. */
export interface DeletionRecord {
  /**
   * Records up to 50 users. Settles only when the records are where a crash of this machine does not take them.
   *
   * @param targets whom the next call will delete
   * @param type the type of their ids
   * @param stop start nothing new once this fires
   * @returns the system user ids of those who are recorded now: nobody else may be deleted
   */
  keep(
    targets: readonly Target[],
    type: UserIdType,
    stop: AbortSignal,
  ): Promise<Outcome<ReadonlySet<string>>>;
}
