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
export { SharedArchive, type UserArchive } from "./refresh/archive";
export {
  type Check,
  checkpointOf,
  isRefresh,
  Refresh,
  selectIdsToRefresh,
} from "./refresh/incremental-refresh";

// Changes of a set: the fate of everybody whom a change concerns, and how it is carried out, in the order of a plan and its apply.
export { diffUserSets } from "./change/leavers";
export {
  type EndedLeaver,
  type Leaver,
  leaversWith,
  mayEnd,
  NOT_DELETED,
  NOT_REACTIVATED,
  NOT_SUSPENDED,
  survivorsOf,
} from "./change/fate";
export {
  type ChangeContext,
  decideChange,
  type Decision,
  type ReviewedPlan,
  type SetChange,
} from "./change/decide";
export { DEFAULT_MAX_DELETIONS } from "./change/limits";
export { carryOut, type ChangeCalls, shareCalls } from "./change/carry-out";
export { type AppliedChange, applyChange } from "./change/apply-change";
export { NO_MEMORY, type SetMemory } from "./change/memory";
export { findLockedOut } from "./change/attempts";
export { findReturning, mayReactivate } from "./change/returning";
export { type ApprovedPlan, holdToApproved } from "./change/approved-plan";
export { PlannedSets } from "./change/other-sets";
export { ProtectedUsers } from "./change/protection";
export { refuseReleaseByTypeChange } from "./change/type-change";
export { detectWrongPool } from "./change/wrong-pool";
export { bindWaiting } from "./change/bind-waiting";
export { describeStaySuspended } from "./change/describe-waiting";

// Suspension: users who are suspended first, and deleted when their day has come.
export { isSuspendDays, latestTime, MOST_SUSPEND_DAYS } from "./waiting-user";

// Deletion: the calls that delete users, and their read-back.
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
export { describeDecision, type Told } from "./describe";
export { count, describeIds, type Message } from "./wording";
