/**
 * A rehearsal on one's own pool: creates test users, finds out what a change does with this service, and deletes them. Whatever
 * it changes goes through `TestUsers`.
 */
export { type CleanedUp, cleanUp } from "./clean-up";
export { CONSENT_VARIABLE, findObstacles, isConsent, journalName, MOST_USERS } from "./consent";
export { RehearsalHalt } from "./find";
export { Journal, type JournalledPool, readJournal } from "./journal";
export { newRun } from "./marks";
export { type Rehearsal, rehearse, type RehearsalRequest } from "./rehearse";
export { type RehearsalReport, RehearsalReportSchema, rehearsalReport } from "./report";
export { Settling } from "./settling";
export { type Survey, surveyPool } from "./survey";
export { rehearsalText } from "./text";
export { TestUsers } from "./test-users";
