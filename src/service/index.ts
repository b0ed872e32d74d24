/**
 * What a deployment really does: `examinePool` finds it out with calls that only read, `rehearse` with test users. Whatever a
 * rehearsal changes goes through `TestUsers`. And `restoreAccounts`, which creates deleted accounts again.
 */
export { type CleanedUp, cleanUp } from "./clean-up";
export { examinePool } from "./doctor";
export { describeFailure, isRefusal } from "./finding";
export { Journal, nameJournal, readJournal } from "./journal";
export { newRun, type TestUser } from "./marks";
export { MOST_LISTED, Readings } from "./readings";
export { type Rehearsal, rehearse, type RehearsalRequest } from "./rehearse";
export { type ReportedPool, reportOn, reportText, type ServiceReport, ServiceReportSchema } from "./report";
export { CONSENT_VARIABLE, findObstacles, type Survey, surveyPool } from "./survey";
export {
  isNamedBy,
  planRestore,
  readDeletionRecord,
  restoreAccounts,
  type RecordedAccount,
  type Restored,
  type RestoreEntry,
} from "./restore";
export { TestUsers } from "./test-users";
