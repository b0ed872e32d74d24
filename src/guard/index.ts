/** The guard: holds the key during an apply, and lets through what approved plans show. */
export { type Approval, CHANGES, countIds } from "./approval";
export { isExecutable, ownProgram, runCommand, serveUntilEnd, startKeeper } from "./command";
export { describeSummary, type GuardSummary } from "./guard";
export { readKey } from "./key";
export { type GuardSession, startSession } from "./session";
export { ISOLATIONS, keepDebuggersOut, measureIsolation, type OsUsers } from "./isolation";
export { findOsUser, isRoot } from "./os-user";
