import {
  countAlone,
  openDeletionLedger,
  openDeletionRecord,
  openRunCount,
  type ReachedPool,
  reachPool,
} from "../operator";
import {
  type ChangeCalls,
  count,
  MAX_IDS_PER_CALL,
  ProgressWatch,
  ProtectedUsers,
  removeUsers,
  USER_ID_TYPES,
  type UserIdType,
  UserLookUps,
} from "../users";
import { openReportFile } from "./drift-report-file";
import type { Declaration } from "../payload";
import type { Payload } from "./read-payload";
import { type EngineContext, explainRelease } from "./explain-release";

/** The environment of a removal. When `stop` fires, calls in flight finish, and nothing new starts. */
export interface Run extends EngineContext {
  /** Prints lines to the log of the apply. */
  readonly say: (text: string) => void;
  /** Milliseconds since an arbitrary moment; tests replace it. */
  readonly now?: () => number;
}

/**
 * Deletes the users removed from a set who may be deleted, and reports the result. If the set is destroyed,
 * or its id type changes, nobody is deleted.
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
  const pool = reach(run.environment);
  try {
    await removeFrom(pool, payload, declared, run);
  } finally {
    pool.client.close();
  }
}

const SUSPENDS_NOBODY =
  "This pipeline's GENAUTH_MIN_SUSPEND_DAYS asks for a suspension before a user is deleted, and a null_resource cannot suspend. Nobody was deleted. Make the set a genauth_user_set with a time of suspension, or ask the pipeline's owner.";

const TRIED_AGAIN =
  "The set stays unchanged in the state. The next plan shows the same removals, and the next apply carries out the remaining ones.";

async function removeFrom(
  { client, settings, limits }: ReachedPool,
  { prior, declaration }: Payload,
  declared: ReadonlyMap<string, string>,
  { stop, say, now, readEngine, environment }: Run,
): Promise<void> {
  const { userIdType: type, driftReportFile, deleteBy } = declaration;
  const file = driftReportFile === undefined ? undefined : openReportFile(declaration, driftReportFile);
  try {
    if ((limits.minSuspendDays ?? 0) > 0) throw new Error(SUSPENDS_NOBODY);
    const { deletionRecord: folder, host, maxAttempts, confirmSeconds, guard } = settings;
    const confirmWithinMs = confirmSeconds * 1000;
    const readFullUsers = client.readFullUsers.bind(client);
    const progress = sayProgress(say, now);
    const change = {
      // With the process id, because two sets may have the same name.
      name: `${declaration.set} ${process.pid}`,
      type,
      prior: prior.users,
      declared,
      retained: declaration.retainedIds,
      allowMissingUsers: true,
      guards: declaration,
    };
    const ledger = guard === undefined ? openDeletionLedger(environment, () => readEngine().key) : countAlone;
    const context = {
      lookUps: new UserLookUps(client),
      stop,
      progress,
      confirmWithinMs,
      protectedUsers: ProtectedUsers.of(protectedByStack(declaration), limits.protectedUsers),
      acceptEmptyPool: limits.acceptEmptyPool,
      countInRun: openRunCount(ledger, limits),
    };
    const calls = {
      directory: client,
      maxAttempts,
      confirmWithinMs,
      record: folder === undefined ? undefined : openDeletionRecord({ folder, host, readFullUsers }),
      deleteBy,
      onProgress: sayDeletion(say, progress),
    };
    const removal = await removeUsers(change, context, calls, say);
    if ("refusals" in removal)
      throw new Error(removal.refusals.map(({ summary, detail }) => `${summary}\n\n${detail}`).join("\n\n"));
    const notWritten = file?.write(removal);
    const notGone = removal.notGone === undefined ? undefined : `${removal.notGone}.`;
    const problems = [notGone, notWritten].filter((problem) => problem !== undefined);
    if (problems.length > 0) throw new Error([...problems, TRIED_AGAIN].join(" "));
  } finally {
    file?.close();
  }
}

function protectedByStack({ protectedUsers }: Declaration): ReadonlyMap<UserIdType, readonly string[]> {
  return new Map(USER_ID_TYPES.map((type) => [type, protectedUsers[type] ?? []]));
}

/** @throws Error that says what is wrong in the environment, and what to do */
function reach(environment: NodeJS.ProcessEnv): ReachedPool {
  try {
    return reachPool(environment);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Nobody was deleted.\n${reason}`, { cause });
  }
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
