import { openDeletionRecord, type OperatorLimits } from "../../operator";
import { type DeletionRecord, type UserDirectory, UserLookUps } from "../../users";
import { type ReachedPool, reachPool } from "../reach-pool";

/** The user pool that the environment names. */
export interface OpenPool {
  readonly directory: UserDirectory;
  readonly lookUps: UserLookUps;
  readonly maxAttempts: number;
  readonly confirmWithinMs: number;
  readonly record?: DeletionRecord;
  readonly limits: OperatorLimits;
  /** Frees the connections. */
  close(): void;
}

/** @throws Error with what is wrong in the environment, and what to do */
export function openPool(environment: NodeJS.ProcessEnv): OpenPool {
  const { client, settings, limits } = reach(environment);
  const { deletionRecord: folder, host, maxAttempts, confirmSeconds } = settings;
  return {
    directory: client,
    lookUps: new UserLookUps(client),
    maxAttempts,
    confirmWithinMs: confirmSeconds * 1000,
    ...(folder !== undefined && {
      record: openDeletionRecord({ folder, host, readRecords: (ids, stop) => client.readRecords(ids, stop) }),
    }),
    limits,
    close: () => client.close(),
  };
}

function reach(environment: NodeJS.ProcessEnv): ReachedPool {
  try {
    return reachPool(environment);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Nobody was deleted.\n${reason}`, { cause });
  }
}
