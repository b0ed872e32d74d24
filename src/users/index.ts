/** The domain: ids, difference, deletion, drift. Everything another room may use. */
export { canonicalId, findDuplicates, ID_TYPES, idsOf, isSameUserId, userIdKey } from "./ids/id-types";
export {
  deleteUsers,
  type DeletionProgress,
  type DeletionRequest,
  type DeletionResult,
  type Survivor,
} from "./deletion/delete-users";
export { type DeletedInstead, DeleteBy, type DeletionRecord, type Target } from "./deletion/deletion-run";
export {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
} from "./directory";
export { type Drift, driftOf, missingOf } from "./drift";
export { checkGuards, countDeletions, DEFAULT_MAX_DELETIONS, type GuardedChange } from "./removal/guards";
export { ArchivedByOthers, SharedArchive, type UserArchive } from "./refresh/archive";
export {
  type Check,
  type Checkpoint,
  checkpointOf,
  isRefresh,
  type KnownSet,
  Refresh,
  selectIdsToRefresh,
} from "./refresh/incremental-refresh";
export { detectWrongPool } from "./removal/wrong-pool";
export { checkLabel, checkUserId } from "./ids/check-id";
export { type LookUpOptions, UserLookUps } from "./look-up/user-look-ups";
export { type OnProgress, type Progress, type ProgressReport, ProgressWatch } from "./progress";
export type { Resolution } from "./look-up/resolution";
export { isUserIdType, USER_ID_TYPES, UserIdType } from "./user-id-type";
export { applyRemovals, type RemovalEnding, type RemovalResult } from "./removal/apply-removals";
export {
  boundIdsToLookUp,
  diffUserSets,
  evaluateRemovals,
  type EvaluationRequest,
  type UserSetDifference,
} from "./removal/evaluate-removals";
export { describeKept, describeSurvivors, type DriftFindings, driftReport } from "./removal/messages";
export {
  planRemovals,
  type Refusal,
  type RemovalPlan,
  type RemovalPolicy,
  type SetChange,
} from "./removal/plan-removals";
export { PackedIds, type PlannedSet, PlannedSets } from "./removal/planned-sets";
export { ProtectedUsers } from "./removal/protection";
export { mayDelete, type Removal, removalsOf } from "./removal/removal";
export { count, describeIds, type Message } from "./wording";
