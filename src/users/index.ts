/** The domain: everything that other modules may use of user sets, their removals and their users. */

// Ids: their types, checks and spellings.
export { checkLabel, checkUserId, withoutRefusedCharacters } from "./ids/check-id";
export { canonicalId, findDuplicates, ID_TYPES, idsOf, isSameUserId, userIdKey } from "./ids/id-types";
export { idsOfUser } from "./ids/id-of-user";
export { isUserIdType, USER_ID_TYPES, UserIdType } from "./user-id-type";

// Directory: what the domain needs from the user pool, and the look-ups of its users.
export {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type SettableStatus,
  type UserDirectory,
} from "./directory";
export { isUnchanged } from "./status";
export type { Resolution } from "./look-up/resolution";
export { type LookUpOptions, UserLookUps } from "./look-up/user-look-ups";

// Search: the users who meet criteria.
export { type Criteria, parseTime } from "./search/criteria";
export { readRecords, searchUsers } from "./search/search-users";
export type { SearchRecord, RecordList } from "./search/record-list";

// Refresh: which ids to look up, the archive of deleted users, and drift with its report.
export { type Drift, type DriftFindings, driftOf, driftReport, missingOf } from "./drift";
export { ArchivedByOthers, SharedArchive, type UserArchive } from "./refresh/archive";
export {
  type Check,
  type Checkpoint,
  checkpointOf,
  outlastsApply,
  isRefresh,
  type KnownSet,
  Refresh,
  selectIdsToRefresh,
} from "./refresh/incremental-refresh";

// Removals: which removed users are deleted, in the order of a plan and its apply.
export {
  boundIdsToLookUp,
  diffUserSets,
  evaluateRemovals,
  type EvaluationRequest,
  type UserSetDifference,
} from "./removal/evaluate-removals";
export { checkGuards, countDeletions, DEFAULT_MAX_DELETIONS, type GuardedChange } from "./removal/guards";
export {
  type PlannedSuspension,
  planRemovals,
  type Refusal,
  type RemovalPlan,
  type RemovalPolicy,
  type RemovalRequest,
} from "./removal/plan-removals";
export { PackedIds, type PlannedSet, PlannedSets } from "./removal/planned-sets";
export { ProtectedUsers } from "./removal/protection";
export { mayDelete, type Removal, type RemovalOf, type RemovalOutcome, removalsOf } from "./removal/removal";
export { refuseReleaseByTypeChange } from "./removal/type-change";
export { detectWrongPool } from "./removal/wrong-pool";
export {
  applyRemovals,
  keptRemovals,
  NOT_DELETED,
  NOT_SUSPENDED,
  type RemovalEnding,
  type RemovalResult,
} from "./removal/apply-removals";

// Suspension: users who are suspended first, and deleted when their day has come.
export { bindWaiting } from "./suspension/bind-waiting";
export { FirstChange } from "./suspension/first-change";
export {
  describeDueSurvivors,
  describeHarmed,
  describeNotOurs,
  describeNotReactivated,
  describeNotSuspended,
  describeStaySuspended,
  describeWaiting,
  type WaitingMessage,
} from "./suspension/messages";
export {
  type ReactivationResult,
  reactivateUsers,
  suspendUsers,
  type SuspensionOptions,
  type SuspensionResult,
} from "./suspension/suspend-users";
export {
  deletionDay,
  evaluateWaiting,
  isSuspendDays,
  latestTime,
  MOST_SUSPEND_DAYS,
  postpone,
  type ReleaseReason,
  type Waiting,
  type WaitingOutcome,
  type WaitingUser,
  type WaitReason,
} from "./suspension/waiting";

// Deletion: the calls that delete users, and their read-back.
export {
  deleteUsers,
  type DeletionProgress,
  type DeletionRequest,
  type DeletionResult,
  type KeptUser,
  type Survivor,
} from "./deletion/delete-users";
export {
  type DeletedInstead,
  DeleteBy,
  type DeletionOptions,
  type DeletionRecord,
  DeletionRun,
  type Target,
} from "./deletion/deletion-run";

// Output: messages and progress.
export { type OnProgress, type Progress, type ProgressReport, ProgressWatch } from "./progress";
export {
  countsAsDeletion,
  type PlanMessage,
  readPlanMessage,
  saysMayBeKept,
  type StatedOutcome,
  type StatedRemoval,
} from "./plan-message/read";
export { describePlan, PROTECTED_UNKNOWN } from "./plan-message/write";
export { describeKept, describeSurvivors, notConfirmedGone } from "./removal/messages";
export { count, describeIds, type Message } from "./wording";
