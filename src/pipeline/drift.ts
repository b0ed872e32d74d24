import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compact } from "../lists";
import { type ReachedPool, readAllUsers } from "../operator";
import {
  checkDrift,
  checkRedactKey,
  type DeclaredSet,
  type DriftCheck,
  type DriftReport,
  readDeclaredSets,
  selectUserPool,
} from "../reports";
import { markdownBlock } from "../reports/markdown";
import { UserLookUps } from "../users";
import { readHandedOver } from "./hand-over";
import { type Job, renewFolder } from "./job";
import { findLeftStacks } from "./left-stacks";
import { whileReading } from "./plan";
import { writeReport } from "./report-files";
import type { PipelineStack } from "./settings";
import { withStacks, type Workspace } from "./workspace";

/**
 * The job `drift`: compares the states with the user pool, under a guard that lets only reads pass. Writes
 * the reports to the folder of the run. A stack that cannot be compared holds up no other.
 *
 * @param stacksSha256 of the tar of the stacks, as the job said that made it
 * @returns whether there is drift
 * @throws Error at the end, if a stack could not be compared
 */
export async function findDrift(job: Job, stacksSha256: string | undefined): Promise<boolean> {
  const { settings, folder, platform } = job;
  await platform.fetchHandedOver(job, "stacks");
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  const out = renewFolder(job, "drift");
  const left = await findLeftStacks(job);
  const parts = await withStacks(job, tar, (workspace, limits) =>
    whileReading(job, limits, async (pool): Promise<Part[]> => {
      const terms = termsOf(job, pool);
      const stacks: StackPart[] = [];
      for (const stack of settings.stacks) stacks.push(await compareStack(workspace, stack, terms, out));
      if (!settings.drift.undeclared) return stacks;
      return [...stacks, await findUndeclared(pool, stacks, terms, out)];
    }),
  );
  const whole = [...left.map((sentence) => `**${sentence}**\n`), ...parts.map((part) => part.markdown)].join(
    "\n",
  );
  writeFileSync(join(out, "drift.md"), whole);
  platform.addSummary(whole);
  process.stdout.write(whole);
  const failures = compact(...parts.map(({ failure }) => failure));
  if (failures.length > 0) throw new Error(`The drift is not known of:\n${failures.join("\n")}`);
  return parts.some(({ report }) => report?.verdict === "drift");
}

/** A part of what the job reports. */
interface Part {
  readonly markdown: string;
  /** Absent if nothing was compared. */
  readonly report?: DriftReport;
  /** Why that could not be done. */
  readonly failure?: string;
}

/** The part of a stack. */
interface StackPart extends Part {
  readonly name: string;
  /** Its sets, if they could be compared. */
  readonly sets?: readonly DeclaredSet[];
}

/** How all parts are checked. With one memory of look-ups, no id is looked up twice. */
type Terms = Pick<DriftCheck, "lookUps" | "host" | "acceptEmptyPool" | "redactKey">;

function termsOf({ settings, environment }: Job, pool: ReachedPool): Terms {
  return {
    lookUps: new UserLookUps(pool.client),
    host: pool.settings.host,
    acceptEmptyPool: pool.limits.acceptEmptyPool,
    ...(settings.redact && { redactKey: checkRedactKey(environment) }),
  };
}

async function compareStack(
  workspace: Workspace,
  stack: PipelineStack,
  terms: Terms,
  out: string,
): Promise<StackPart> {
  const { name } = stack;
  try {
    const sets = await readSets(workspace, stack);
    if (sets.length === 0)
      return { name, markdown: `**${name} is new: there is nothing to compare yet.**\n` };
    const report = await checkDrift({ ...terms, sets: selectUserPool(sets), context: { stack: name } });
    return { name, sets, report, markdown: writeReport(join(out, name, "drift"), report) };
  } catch (error) {
    return { name, ...describeFailure(name, error) };
  }
}

/**
 * Reads the sets of a stack from its state.
 *
 * @returns none of a stack that is new, and was not applied yet
 * @throws Error if they cannot be read
 */
async function readSets(workspace: Workspace, stack: PipelineStack): Promise<readonly DeclaredSet[]> {
  const reason = await workspace.init(stack);
  if (reason !== undefined) throw new Error(reason);
  const state = await workspace.show(stack.folder);
  if (state === undefined) throw new Error("The state could not be read. The log says why.");
  const sets = readDeclaredSets(state);
  if (sets.length === 0 && !stack.new)
    throw new Error(
      "The state holds no user set, and the stack is not said to be new. The set was taken away, or the backend is another one than that of the last apply, which kept the state.",
    );
  return sets;
}

/**
 * Finds who is in the pool and in no set of any stack. That is one part for all stacks: who is in no set of one
 * may be in a set of another.
 */
export async function findUndeclared(
  pool: ReachedPool,
  stacks: readonly StackPart[],
  terms: Terms,
  out: string,
): Promise<Part> {
  // Users of these stacks would be listed although they are declared.
  const unknown = stacks.filter(({ report }) => report === undefined || report.totals.unchecked > 0);
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(", ");
    return {
      markdown: `**Who is in the user pool, but in no set of any stack, is not known, because not all users of ${names} are known.**\n`,
    };
  }
  try {
    const report = await checkDrift({
      ...terms,
      sets: stacks.flatMap(({ sets = [] }) => sets),
      // Each set has its own part already.
      concerns: () => false,
      poolUsers: await readAllUsers(pool.client),
    });
    // No stack has such a name: it ends like a file.
    return { report, markdown: writeReport(join(out, "undeclared"), report) };
  } catch (error) {
    return describeFailure("users who are in no set", error);
  }
}

/** @param what the drift is not known of */
function describeFailure(what: string, error: unknown): Required<Pick<Part, "markdown" | "failure">> {
  const failure = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  // The reason quotes the engine, which quotes the configuration.
  return { markdown: `**The drift is not known.**\n\n${markdownBlock(failure)}\n`, failure };
}
