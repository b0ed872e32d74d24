import {
  countAlone,
  openDeletionLedger,
  openDeletionRecord,
  openRunLimit,
  type OperatorLimits,
  type ReachedPool,
  reachPool,
} from "../operator";
import {
  type ChangeCalls,
  type ChangeContext,
  count,
  MAX_IDS_PER_CALL,
  ProgressWatch,
  ProtectedUsers,
  removeUsers,
  type SetChange,
  shareCalls,
  USER_ID_TYPES,
  UserLookUps,
} from "../users";
import { openReportFile } from "./drift-report-file";
import type { EngineProcess } from "./engine-task";
import type { Declaration } from "../payload";
import type { Payload } from "./read-payload";
import { explainRelease } from "./explain-release";

/** The environment of a removal. */
export interface Run {
  readonly environment: NodeJS.ProcessEnv;
  /** When it fires, calls in flight finish, and nothing new starts. */
  readonly stop: AbortSignal;
  /** Prints lines to the log of the apply. */
  readonly say: (text: string) => void;
  /** Milliseconds since an arbitrary moment; tests replace it. */
  readonly now?: () => number;
  /**
   * Reads the process of the Terraform or OpenTofu that runs the command.
   *
   * @throws Error if it cannot be read
   */
  readonly readEngine: () => EngineProcess;
}

/**
 * Deletes the users removed from a set who may be deleted, and reports the result. If the set is destroyed, or its id type
 * changes, nobody is deleted.
 *
 * @throws Error if a deletion is refused or not confirmed; Terraform then keeps the set unchanged
 */
export async function applyRemoval(payload: Payload, run: Run): Promise<void> {
  const declared = new Map(payload.declaration.users);
  const release = await explainRelease(payload, declared, run);
  if (release !== undefined) {
    run.say(release);
    return;
  }
  const pool = openPool(run.environment);
  try {
    await removeFrom(pool, payload, declared, run);
  } finally {
    pool.close();
  }
}

const SUSPENDS_NOBODY =
  "This pipeline's GENAUTH_MIN_SUSPEND_DAYS asks for a suspension before a user is deleted, and a null_resource cannot suspend. Nobody was deleted. Make the set a genauth_user_set with a time of suspension, or ask the pipeline's owner.";

const TRIED_AGAIN =
  "The set stays unchanged in the state. The next plan shows the same removals, and the next apply carries out the remaining ones.";

async function removeFrom(
  pool: OpenPool,
  { prior, declaration }: Payload,
  declared: ReadonlyMap<string, string>,
  { stop, say, now, readEngine, environment }: Run,
): Promise<void> {
  const { userIdType: type, driftReportFile, deleteBy } = declaration;
  const file = driftReportFile === undefined ? undefined : openReportFile(declaration, driftReportFile);
  try {
    const { lookUps, confirmWithinMs, limits } = pool;
    if ((limits.minSuspendDays ?? 0) > 0) throw new Error(SUSPENDS_NOBODY);
    const progress = sayProgress(say, now);
    const change: SetChange = {
      // With the process id, because two sets may have the same name.
      name: `${declaration.set} ${process.pid}`,
      type,
      prior: prior.users,
      declared,
      retained: declaration.retainedUserIds,
      allowMissingUsers: true,
      guards: {
        maxDeletions: declaration.maxDeletions,
        maxDeletionsPercent: declaration.maxDeletionsPercent,
      },
    };
    const context: ChangeContext = {
      lookUps,
      stop,
      progress,
      confirmWithinMs,
      protectedUsers: protectedBy(declaration, pool),
      acceptEmptyPool: limits.acceptEmptyPool,
      runLimit: openRunLimit(
        pool.isGuarded ? countAlone : openDeletionLedger(environment, () => readEngine().key),
        limits,
      ),
    };
    const calls = { ...pool, deleteBy, onProgress: sayDeletion(say, progress) };
    const removal = await removeUsers(change, context, calls, say);
    if ("refusals" in removal)
      throw new Error(removal.refusals.map(({ summary, detail }) => `${summary}\n\n${detail}`).join("\n\n"));
    file?.write(removal);
    if (removal.notGone !== undefined) throw new Error(`${removal.notGone}. ${TRIED_AGAIN}`);
  } finally {
    file?.close();
  }
}

/** The user pool that the environment names. */
interface OpenPool extends ChangeCalls {
  readonly lookUps: UserLookUps;
  readonly limits: OperatorLimits;
  /** Whether a guard counts the deletions of the run. */
  readonly isGuarded: boolean;
  /** Frees the connections. */
  close(): void;
}

/** @throws Error that says what is wrong in the environment, and what to do */
function openPool(environment: NodeJS.ProcessEnv): OpenPool {
  const { client, settings, limits } = reach(environment);
  const { deletionRecord: folder, host, maxAttempts, confirmSeconds } = settings;
  return {
    directory: client,
    lookUps: new UserLookUps(client),
    ...shareCalls(client),
    maxAttempts,
    confirmWithinMs: confirmSeconds * 1000,
    record:
      folder === undefined
        ? undefined
        : openDeletionRecord({ folder, host, readFullUsers: (ids, stop) => client.readFullUsers(ids, stop) }),
    limits,
    isGuarded: settings.guard !== undefined,
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

/** The users that the stack or the operator protects. */
function protectedBy({ protectedUsers }: Declaration, { limits }: OpenPool): ProtectedUsers {
  return ProtectedUsers.of(
    new Map(
      USER_ID_TYPES.map((type) => [
        type,
        [...(protectedUsers[type] ?? []), ...(limits.protectedUsers.get(type) ?? [])],
      ]),
    ),
  );
}

/**
 * Reports the progress of long work.
 *
 * @param say prints a line
 * @param now milliseconds since an arbitrary moment
 */
export function sayProgress(say: (line: string) => void, now?: () => number): ProgressWatch {
  return new ProgressWatch(({ doing, done, total, perSecond, secondsLeft }) => {
    const left = secondsLeft === undefined ? "" : `, about ${secondsLeft} s left`;
    say(`${doing}: ${done} of ${total}, ${perSecond} a second${left}`);
  }, now);
}

/** Reports the progress and the result of a deletion. */
export function sayDeletion(
  say: (line: string) => void,
  watch: ProgressWatch,
): NonNullable<ChangeCalls["onProgress"]> {
  const tell = watch.begin("deleting users");
  return ({ done, total, gone }) => {
    tell({ done, total });
    if (done < total) return;
    const chunks = Math.ceil(total / MAX_IDS_PER_CALL);
    say(
      `${chunks} of ${count(chunks, "chunk")} done: ${gone} of ${count(total, "user")} gone, ${total - gone} not`,
    );
  };
}
