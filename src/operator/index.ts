/**
 * What the environment says about a run: how it reaches the user pool, what the operator does not let it do, how many users
 * all sets of it delete, and where users are recorded before they are deleted.
 */
export { LedgerError, openDeletionLedger, type DeletionLedger } from "./deletion-ledger";
export { openDeletionRecord, type DeletionRecordOptions, type RecordedUser } from "./deletion-record";
export {
  checkAllowedHost,
  checkDeletionLimit,
  readOperatorLimits,
  type OperatorLimits,
} from "./operator-limits";
export { findEngine, readProcess, type ProcessEntry } from "./process";
export { reachPool, type ReachedPool } from "./reach-pool";
export { concealSecret, keepMemoryOutOfCoreDumps } from "./secret";
export {
  DEFAULT_HOST,
  describeRefusal,
  resolveSettings,
  type GivenSettings,
  type RunSettings,
  type SettingProblem,
} from "./settings";
