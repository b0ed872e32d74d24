/** The domain: ids, difference, deletion, drift. Everything another room may use. */
export { canonicalId, findDuplicates } from "./canonical-id";
export { deleteUsers, type DeletionProgress, type DeletionRequest, type DeletionResult } from "./deletion";
export { DEFAULT_CONFIRM_WITHIN_MS } from "./deletion-run";
export { compare, type SetDifference } from "./difference";
export {
  type DirectoryFailure,
  type DirectoryIdentity,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
} from "./directory";
export { type Drift, driftOf, hasDrift, missingOf } from "./drift";
export { type Fate, type KeepReason, type Removal, type RemovalOf, removalsOf } from "./fate";
export { boundIdsToLookUp, decideRemovals, type RemovalRequest } from "./fates";
export { checkGuards, DEFAULT_MAX_DELETIONS, type GuardedChange, type GuardViolation } from "./guards";
export { checkLabel, checkUserId } from "./ids";
export { type LookUpOptions, UserLookUps } from "./look-up";
export { idsOf, namesUser } from "./matching";
export { printable } from "./printable";
export { type ProtectedMatch, ProtectedUsers } from "./protected";
export { describeIds } from "./report/lines";
export { type DriftFindings, driftReport } from "./report/drift";
export { describeKept } from "./report/kept";
export { describePlan, type PlannedChange } from "./report/plan";
export { describeSurvivors } from "./report/survivors";
export type { Message } from "./report/words";
export type { Resolution } from "./resolution";
export type { Survivor } from "./survivor";
export type { Target } from "./target";
export { USER_ID_TYPES, UserIdType } from "./user-id-type";
