import type { Declaration } from "../../handover";
import { checkDeletionLimit, openDeletionLedger } from "../../operator";
import {
  applyRemovals,
  count,
  driftReport,
  missingOf,
  planRemovals,
  ProtectedUsers,
  USER_ID_TYPES,
  type LookUpOptions,
  type Message,
} from "../../users";
import { type OpenPool, openPool } from "./open-pool";
import type { EngineProcess } from "./engine-process";
import { whyNobodyIsDeleted } from "./let-go";
import { sayDeletion, sayProgress } from "./progress";
import type { Handover } from "./read-handover";
import { openReportFile, type Report } from "./report-file";

/** How a removal is carried out. */
export interface Run {
  readonly environment: NodeJS.ProcessEnv;
  /** Finish what is in flight, start nothing new, once this fires. */
  readonly stop: AbortSignal;
  /** Prints lines for whoever reads the apply's log. */
  readonly say: (text: string) => void;
  /** Milliseconds since some moment in the past; a clock of its own for tests. */
  readonly now?: () => number;
  /**
   * Looks at the Terraform or OpenTofu that runs the command.
   *
   * @throws Error where it cannot be looked at
   */
  readonly readEngine: () => EngineProcess;
}

/**
 * Deletes who left a set and may be deleted, and reports. Where the set is taken away, or holds ids of another type
 * than before, nobody is deleted.
 *
 * @throws Error where somebody is not confirmed gone, or nothing may be done: then Terraform keeps the set as it was
 */
export async function applyRemoval(handover: Handover, run: Run): Promise<void> {
  const declared = new Map(handover.declaration.users);
  const whyNobody = await whyNobodyIsDeleted(handover, declared, run);
  if (whyNobody !== undefined) {
    run.say(whyNobody);
    return;
  }
  const pool = openPool(run.environment);
  try {
    await removeFrom(pool, handover, declared, run);
  } finally {
    pool.close();
  }
}

async function removeFrom(
  pool: OpenPool,
  { prior, declaration }: Handover,
  declared: ReadonlyMap<string, string>,
  { stop, say, now, readEngine, environment }: Run,
): Promise<void> {
  const { userIdType: type, driftReportFile } = declaration;
  const file = driftReportFile === undefined ? undefined : openReportFile(declaration, driftReportFile);
  try {
    const { lookUps, confirmWithinMs } = pool;
    const progress = sayProgress(say, now);
    const ledger = openDeletionLedger(environment, () => readEngine().key);
    const { removals, refusals, message } = await planRemovals(
      { type, prior: prior.users, declared, retained: declaration.retainedUserIds },
      {
        protectedUsers: protectedBy(declaration, pool),
        maxDeletions: declaration.maxDeletions,
        maxDeletionsPercent: declaration.maxDeletionsPercent,
        heldBefore: prior.users.size,
        acceptEmptyPool: pool.limits.acceptEmptyPool,
        allowMissingUsers: true,
        checkRunLimit: (deletions) => {
          if (pool.limits.maxDeletions === undefined) return [];
          // With the process, because nothing holds two sets to names of their own.
          return checkDeletionLimit(ledger(`${declaration.set} ${process.pid}`, deletions), pool.limits);
        },
      },
      { lookUps, stop, progress, confirmWithinMs },
    );
    if (refusals.length > 0) throw new Error(refusals.map(textOf).join("\n\n"));

    if (message) say(textOf(message));
    const { gone, survivors } = await applyRemovals(removals, {
      ...pool,
      type,
      stop,
      onProgress: sayDeletion(say, progress),
    });
    const report = {
      gone,
      survivors,
      removals,
      ...(await missingFrom(pool, declared, type, {
        stop,
        onProgress: progress.begin("looking up who is declared"),
      })),
    };
    say(driftReport({ ...report, labels: new Map([...prior.users, ...declared]) }));
    if (report.unchecked.length > 0)
      say(
        `${count(report.unchecked.length, "declared user")} could not be looked up, so they may be missing.`,
      );
    file?.write(report);
    if (survivors.length > 0) throw new Error(notGone(survivors.length, removals.length));
  } finally {
    file?.close();
  }
}

/** The declared ids that name nobody, and those of which nobody could say. */
async function missingFrom(
  { lookUps }: OpenPool,
  declared: ReadonlyMap<string, string>,
  type: Declaration["userIdType"],
  options: LookUpOptions,
): Promise<Pick<Report, "missing" | "unchecked">> {
  const resolutions = await lookUps.resolve(declared.keys(), type, options);
  const unchecked = [...resolutions].flatMap(([id, { kind }]) => (kind === "undecided" ? [id] : []));
  return { missing: missingOf(declared.keys(), resolutions), unchecked: unchecked.sort() };
}

/** By the stack and by the operator. */
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

function notGone(survivors: number, removed: number): string {
  return (
    `${survivors} of ${count(removed, "removed user")} ${survivors === 1 ? "is" : "are"} not confirmed gone from GenAuth. ` +
    "The set stays in the state as it was: the next plan shows the same removals, and the next apply does just what is left."
  );
}

function textOf({ summary, detail }: Message): string {
  return `${summary}\n\n${detail}`;
}
