/**
 * What the environment configures for a run: how to reach the user pool, the operator limits, the deletions
 * of all sets together, and the deletion record.
 */
export { countAlone, openDeletionLedger, openRunCount, type DeletionLedger } from "./deletion-ledger";
export {
  openDeletionRecord,
  type DeletionRecordOptions,
  type RecordedSuspension,
  type RecordedUser,
} from "./deletion-record";
export { originOf } from "../api/host";
export { checkAllowedHost, readOperatorLimits, type OperatorLimits } from "./operator-limits";
export { findEngine, readProcess, type ProcessEntry } from "./process";
export { reachPool, reachPoolBy, type ReachedPool, readAllUsers, usePool } from "./reach-pool";
export { concealSecret, keepMemoryOutOfCoreDumps } from "./secret";
export {
  DEFAULT_HOST,
  describeRefusal,
  resolveSettings,
  type GivenSettings,
  type RunSettings,
  type SettingProblem,
} from "./settings";
