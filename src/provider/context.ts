import type { Logger } from "../plugin";
import type { DeletionLedger, OperatorLimits } from "../operator";
import type {
  Check,
  UserArchive,
  ArchivedByOthers,
  DeletionRecord,
  FirstChange,
  PlannedSets,
  ProgressWatch,
  ProtectedUsers,
  SuspensionOptions,
  UserDirectory,
  RecordList,
  UserLookUps,
} from "../users";
import type { UserSetModel } from "./user-set/schema";

/**
 * What the configured provider passes to each resource operation. There is one per process, so all sets share the pace of
 * calls, the look-ups and the progress reports.
 */
export interface ProviderContext {
  /** Absent while the provider's configuration refers to a value that is not known before apply. */
  readonly pool?: UserPool;
  /** Never deleted by any set: from the configuration and the operator's limits. */
  readonly protectedUsers: ProtectedUsers;
  /** Those of them that the operator's limits name. All others are declared or protected by the configuration. */
  readonly operatorProtected: ProtectedUsers;
  /** Whether `protectedUsers` is all of them; at plan, some may not be known yet. */
  readonly protectedUsersKnown: boolean;
  readonly limits: OperatorLimits;
  /** What the other sets of this process declare, retain, delete and release. */
  readonly plannedSets: PlannedSets;
  /** Sets taken over from a `null_resource` that this process has refreshed and not planned yet, by `id`. */
  readonly takenOver: Map<UserSetModel["id"], UserSetModel>;
  /** Sets that this process has refreshed, by `id`. The process of an apply refreshes none. */
  readonly refreshed: Set<UserSetModel["id"]>;
  /** Used only if the operator limits deletions. */
  readonly ledger: DeletionLedger;
  /** Fires when Terraform asks to stop: complete the calls in flight, start nothing new. */
  readonly stop: AbortSignal;
  readonly logger: Logger;
  /** Reports the progress of long work of all sets. */
  readonly progress: ProgressWatch;
}

/** The user pool and how this run accesses it. */
export interface UserPool {
  /** Which pool it is, for messages: the host and the access key id. */
  readonly name: string;
  /** Its address. */
  readonly host: string;
  readonly directory: UserDirectory;
  readonly lookUps: UserLookUps;
  /** Lists and searches users, for the data source. */
  readonly list: RecordList;
  /** Absent if every refresh looks up all users. */
  readonly incremental?: IncrementalRefresh;
  /** Attempts for one call before it counts as failed. */
  readonly maxAttempts: number;
  /** Reads all fields of at most 50 users, by system user id. */
  readonly readFullUsers: SuspensionOptions["readFullUsers"];
  /** Checks the first suspension of the process. */
  readonly firstSuspension: FirstChange;
  /** The same for the first reactivation. */
  readonly firstReactivation: FirstChange;
  /** For how long a deletion is read back until it takes effect, in milliseconds. */
  readonly confirmWithinMs: number;
  /** Records users before they are deleted; absent if nobody is recorded. */
  readonly record?: DeletionRecord;
  /** Finds users that were deleted instead of others. */
  readonly archive?: ArchivedByOthers;
}

/** What an incremental refresh needs beyond the look-ups. */
export interface IncrementalRefresh extends Check {
  readonly archive: UserArchive;
}
