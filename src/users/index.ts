/** The domain: everything that other modules may use of user sets, their removals and their users. */

// Ids: their types, checks and spellings.
export {
  checkLabel,
  checkOperatorsId,
  checkProtectedId,
  checkRows,
  checkUserId,
  findMeantType,
  withoutRefusedCharacters,
} from "./ids/check-id";
export { canonicalId, findDuplicates, idsOfUser, userIdKey } from "./ids/id-types";
export { IdIndex } from "./ids/id-index";
export { isUserIdType, USER_ID_TYPES, UserIdType } from "./directory";

// Directory: what the domain needs from the user pool, and the look-ups of its users.
export {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
} from "./directory";

export type { Resolution } from "./look-up/resolution";
export { BatchLookUp, resolveAnswer } from "./look-up/batch-look-up";
export { UserLookUps } from "./look-up/user-look-ups";

// Selection: everybody in the pool, or the users who have ids, for the data source.
export { selectEverybody } from "./selection/select-everybody";
export { lookUpUsers } from "./selection/look-up-users";
export type { RecordList, SelectedUsers } from "./selection/record-list";

// Checks: what the look-ups of a set find out at a refresh, for a report, and of a new set.
export { type Doubt, lookUpSets } from "./check/look-up-sets";
export { createSet, planNewSet } from "./check/new-set";
export { refreshSet } from "./check/refresh-set";

// Changes of a set: the fate of everybody that a change concerns, and how it is carried out, in the order of
// a plan and its apply.
export { NOT_DONE, reasonOf } from "./fate";
export { LEAVING_REASONS, rowOfLeaving } from "./messages/reason-words";
export type { ApprovedPlan, ChangeContext, RunCount, SetChange } from "./change/set-change";
export { completeChange, diffUserSets } from "./change/set-change";
export { type ChangePlan, planChange } from "./change/plan-change";
export {
  DEFAULT_MAX_DELETIONS,
  DEFAULT_MAX_DELETIONS_PERCENT,
  limitReport,
  limitRun,
  SHARE_COUNTS_ABOVE,
} from "./change/limits";
export type { ChangeCalls } from "./change/carry-out";
export { applyChange, type AppliedSet } from "./change/apply-change";
export { type RemovalReport, removeUsers } from "./remove-users";
export { NO_MEMORY, type SetMemory } from "./change/memory";
export { PlannedSets } from "./change/other-sets";
export { ProtectedUsers } from "./change/protection";

// Suspension: users who are suspended first, and deleted when their day has come.
export { checkSuspendDays } from "./waiting-user";
export { ACTIVATED, isUnchanged, markOf, STATUS_BEFORE, type StatusMark, SUSPENDED } from "./status";

// Deletion: the calls that delete users, and their read-back.
export { DeleteBy, type DeletionRecord } from "./calls/call-run";
export { FirstSuspension } from "./calls/first-suspension";

// Output: messages and progress.
export { type OnProgress, ProgressWatch } from "./progress";
export { readPlanMessage, type StatedRemoval } from "./messages/read-plan";
export { count, describeIds, disagree, type Message } from "./wording";
