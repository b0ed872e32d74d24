/** The domain: ids, difference, deletion, drift. Everything another room may use. */
export { canonicalId, findDuplicates, ID_TYPES, idsOf, isSameUserId, userIdKey } from "./ids/id-types";
export { carryOutRemovals } from "./deletion/carry-out-removals";
export {
  deleteUsers,
  type DeletionProgress,
  type DeletionRequest,
  type DeletionResult,
} from "./deletion/delete-users";
export type { DeletionRecord } from "./deletion/deletion-record";
export { compare } from "./removal/difference";
export {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
} from "./directory";
export { type Drift, driftOf, missingOf } from "./drift";
export { type Removal, removalsOf } from "./removal/fate";
export { boundIdsToLookUp, decideRemovals, type RemovalRequest } from "./removal/fates";
export { checkGuards, countDeletions, DEFAULT_MAX_DELETIONS, type GuardedChange } from "./removal/guards";
export { judgeRemovals, type Judgement, type SetChange } from "./removal/judge-removals";
export type { UserArchive } from "./refresh/archive";
export { type Check, type Checkpoint, checkpointOf } from "./refresh/checkpoint";
export { planLookUps } from "./refresh/plan-look-ups";
export { isRefresh, Refresh } from "./refresh/refresh";
export { SharedArchive } from "./refresh/shared-archive";
export type { KnownSet } from "./refresh/unsettled-ids";
export { doubtPool } from "./removal/wrong-pool";
export { checkLabel, checkUserId } from "./ids/check-id";
export { type LookUpOptions, UserLookUps } from "./look-up/user-look-ups";
export { type OnProgress, type Progress, type ProgressReport, ProgressWatch } from "./progress";
export { ProtectedUsers } from "./removal/protected-users";
export { describeIds } from "./report/lines";
export { type DriftFindings, driftReport } from "./report/drift";
export { describeKept } from "./report/kept";
export { describePlan } from "./report/plan";
export { describeSurvivors } from "./report/survivors";
export { count, type Message } from "./report/words";
export type { Resolution } from "./look-up/resolution";
export { DeleteBy } from "./deletion/target";
export type { Survivor } from "./deletion/survivor";
export { isUserIdType, USER_ID_TYPES, UserIdType } from "./user-id-type";
