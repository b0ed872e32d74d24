/** The guard: holds the key during an apply, and lets through what approved plans show. */
export { type Approval, CHANGES } from "./approval";
export { isExecutable, ownProgram, runCommand, serveUntilEnd, underKeeper } from "./command";
export { readKey } from "./key";
export { DEFAULT_PLAN_AGE_HOURS, type GuardSession, startSession } from "./session";
export { describeSharedUser, keepDebuggersOut, type OsUsers } from "./isolation";
export { findOsUser, isRoot } from "./os-user";
export { describeSummary, type GuardSummary } from "./tally";
