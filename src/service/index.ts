/**
 * Two things that people do beside plans and applies: `doctor` finds out, with calls that only read, whether
 * the provider works safely with a pool (`examinePool`), and `restore` creates deleted accounts again
 * (`restoreAccounts`).
 */
export { examinePool } from "./doctor";
export { PoolReader } from "./pool-reader";
export { type ReportedPool, reportOn, reportText, type ServiceReport, ServiceReportSchema } from "./report";
export {
  isNamedBy,
  planRestore,
  readDeletionRecord,
  type RecordedAccount,
  restoreAccounts,
  type Restored,
  type RestoreEntry,
} from "./restore";
