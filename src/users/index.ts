/** The domain: everything that other modules may use of user sets, their removals and their users. */

// Ids: their types, checks and spellings.
export { checkLabel, checkUserId, withoutRefusedCharacters } from "./ids/check-id";
export { canonicalId, findDuplicates, idsOf, isSameUserId, userIdKey } from "./ids/id-types";
export { idsOfUser } from "./ids/id-of-user";
export { isUserIdType, USER_ID_TYPES, UserIdType } from "./user-id-type";

// Directory: what the domain needs from the user pool, and the look-ups of its users.
export {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
} from "./directory";

export { findOutage, type Resolution } from "./look-up/resolution";
export { findOtherTypes } from "./look-up/other-types";
export { lookUpBatch } from "./look-up/batch-look-up";
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
  isRefresh,
  type KnownSet,
  Refresh,
  selectIdsToRefresh,
} from "./refresh/incremental-refresh";

// Changes of a set: the fate of everybody whom a change concerns, and how it is carried out, in the order of a plan and its apply.
export { diffUserSets, type UserSetDifference } from "./change/leavers";
export {
  type Fate,
  type Leaver,
  leaversWith,
  mayEnd,
  NOT_DELETED,
  NOT_REACTIVATED,
  NOT_SUSPENDED,
} from "./change/fate";
export {
  type ChangeContext,
  decideChange,
  type Decision,
  type ReviewedPlan,
  type SetChange,
} from "./change/decide";
export { DEFAULT_MAX_DELETIONS, type Refusal } from "./change/limits";
export { carryOut, type EndedLeaver, type Endings, survivorsOf } from "./change/carry-out";
export {
  lockedOutAfter,
  nextMemory,
  NO_MEMORY,
  type RememberedUser,
  rememberWaiting,
  type SetMemory,
} from "./change/memory";
export { findLockedOut } from "./change/attempts";
export { findReturning, mayReactivate } from "./change/returning";
export { type ApprovedPlan, approvalOf, refuseUnapproved, type ShownPlan } from "./change/approved-plan";
export { PackedIds, type PlannedSet, PlannedSets } from "./change/other-sets";
export { isDeclaredElsewhere, ProtectedUsers } from "./change/protection";
export { refuseReleaseByTypeChange } from "./change/type-change";
export { detectWrongPool } from "./change/wrong-pool";
export { bindWaiting } from "./change/bind-waiting";
export { describeStaySuspended } from "./change/describe-waiting";

// Suspension: users who are suspended first, and deleted when their day has come.
export { FirstChange } from "./calls/first-change";
export { type SuspensionOptions } from "./calls/suspend-users";
export { isSuspendDays, latestTime, MOST_SUSPEND_DAYS, type WaitingUser } from "./waiting-user";

// Deletion: the calls that delete users, and their read-back.
export { type DeletionProgress } from "./calls/delete-users";
export { DeleteBy, type DeletionRecord } from "./calls/call-run";

// Output: messages and progress.
export { ProgressWatch } from "./progress";
export {
  countsAsDeletion,
  readPlanMessage,
  readPool,
  saysMayBeKept,
  type StatedRemoval,
} from "./plan-message/read";
export { describePlan } from "./plan-message/write";
export { notConfirmedGone } from "./change/messages";
export { describeDecision, describeEndings, type Told } from "./describe";
export { count, describeIds, type Message } from "./wording";
