import type { Logger } from "../plugin";
import type { DeletionLedger, OperatorLimits } from "../operator";
import type {
  ChangeCalls,
  PlannedSets,
  ProgressWatch,
  ProtectedUsers,
  RecordList,
  UserLookUps,
} from "../users";
import type { UserSetModel } from "./user-set/schema";

/**
 * What the configured provider passes to each resource operation. There is one per process, so all sets share
 * the pace of calls, the look-ups and the progress reports.
 */
export interface ProviderContext {
  /** Absent while the provider's configuration refers to a value that is not known before apply. */
  readonly pool?: UserPool;
  /** The name that the configuration gives the pool; null if it gives none. */
  readonly userPoolName: string | null;
  /** Never deleted by any set: from the configuration and the operator's limits. */
  readonly protectedUsers: ProtectedUsers;
  /**
   * Those of them that the operator's limits name. All others are declared or protected by the configuration.
   */
  readonly operatorProtected: ProtectedUsers;
  /** Whether `protectedUsers` is all of them; at plan, some may not be known yet. */
  readonly protectedUsersKnown: boolean;
  readonly limits: OperatorLimits;
  /** What the other sets of this process declare, retain, delete and release. */
  readonly plannedSets: PlannedSets;
  /** Sets taken over from a `null_resource` that this process has refreshed and not planned yet, by `id`. */
  readonly takenOver: Map<UserSetModel["id"], UserSetModel>;
  /**
   * The people that sets of this process would lose if the engine replaced them, by a hash of the sets'
   * private data.
   */
  readonly lostIfReplaced: Map<string, LostIfReplaced>;
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

/** The people that a set would lose if the engine replaced it. */
export interface LostIfReplaced {
  /** The removals that it would not carry out: id -> label. */
  readonly removals: ReadonlyMap<string, string>;
  /** The ids of those who wait for the deletion. */
  readonly waiting: readonly string[];
}

/** The user pool and how this run accesses it. */
export interface UserPool extends Omit<ChangeCalls, "deleteBy" | "onProgress"> {
  /** Which pool it is, for messages: the host and the access key id. */
  readonly name: string;
  /** Its address, and its name if it has one, for the messages that reports read. */
  readonly host: string;
  readonly lookUps: UserLookUps;
  /** Lists users, for the data source. */
  readonly list: RecordList;
}
