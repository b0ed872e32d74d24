import type { Logger } from "../plugin";
import type { DeletionLedger, OperatorLimits } from "../operator";
import type {
  Check,
  UserArchive,
  ArchivedByOthers,
  DeletionRecord,
  PlannedSets,
  ProgressWatch,
  ProtectedUsers,
  UserDirectory,
  UserLookUps,
} from "../users";

/**
 * What the configured provider hands to each operation of a resource. One a process, so all sets share pace,
 * look-ups and how often the log is told of progress.
 */
export interface ProviderContext {
  /** Absent while the provider's configuration refers to something not known before apply. */
  readonly pool?: UserPool;
  /** Never deleted, whatever a set says: from the configuration and the operator's limits. */
  readonly protectedUsers: ProtectedUsers;
  /** Whether `protectedUsers` is all of them; at plan, some may not be known yet. */
  readonly protectedUsersKnown: boolean;
  readonly limits: OperatorLimits;
  /** What the other sets of this process declare, retain, delete and release. */
  readonly plannedSets: PlannedSets;
  /** Asked only where the operator limits deletions. */
  readonly ledger: DeletionLedger;
  /** Fires when Terraform asks to stop: finish what is in flight, start nothing new. */
  readonly stop: AbortSignal;
  readonly logger: Logger;
  /** Told how far long work of any set is. */
  readonly progress: ProgressWatch;
}

/** The user pool, as this run reaches it. */
export interface UserPool {
  /** Which pool it is, for messages: the host and the access key id. */
  readonly name: string;
  readonly directory: UserDirectory;
  readonly lookUps: UserLookUps;
  /** Absent where every refresh looks everybody up. */
  readonly incremental?: IncrementalRefresh;
  /** Attempts for one call before it counts as failed. */
  readonly maxAttempts: number;
  /** How long a deletion is read back until it shows, in milliseconds. */
  readonly confirmWithinMs: number;
  /** Where users are recorded before they are deleted, if anywhere. */
  readonly record?: DeletionRecord;
  /** Says who was deleted in place of somebody else. */
  readonly archive?: ArchivedByOthers;
}

/** What an incremental refresh needs beyond the look-ups. */
export interface IncrementalRefresh extends Check {
  readonly archive: UserArchive;
}
