/** The guard: holds the key during an apply, and lets through what approved plans show. */
export { type Approval, CHANGES, countIds } from "./approval";
export { runCommand, waitForSignal } from "./command";
export { describeSummary, type GuardSummary } from "./guard";
export { readKey } from "./key";
export { type Session, startSession } from "./session";
