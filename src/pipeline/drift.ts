import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ReachedPool, readAllUsers } from "../operator";
import { checkDrift, checkRedactKey, type DriftReport, readDeclaredSets, selectUserPool } from "../reports";
import { markdownBlock } from "../reports/markdown";
import { type DirectoryUser, UserLookUps } from "../users";
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
  const found: DriftReport[] = [];
  const markdown: string[] = (await findLeftStacks(job)).map((sentence) => `**${sentence}**\n`);
  const failures: string[] = [];
  await withStacks(job, tar, (workspace, limits) =>
    whileReading(job, limits, async (pool) => {
      const poolUsers = settings.drift.undeclared ? await readAllUsers(pool.client) : undefined;
      for (const stack of settings.stacks)
        try {
          const report = await compareStack(job, workspace, stack, pool, poolUsers);
          if (report === undefined) {
            markdown.push(`**${stack.name} is new: there is nothing to compare yet.**\n`);
            continue;
          }
          markdown.push(writeReport(join(out, stack.name, "drift"), report));
          found.push(report);
        } catch (error) {
          const failure = `${stack.name}: ${error instanceof Error ? error.message : String(error)}`;
          // The reason quotes the engine, which quotes the configuration.
          markdown.push(`**The drift is not known.**\n\n${markdownBlock(failure)}\n`);
          failures.push(failure);
        }
    }),
  );
  const whole = markdown.join("\n");
  writeFileSync(join(out, "drift.md"), whole);
  platform.addSummary(whole);
  process.stdout.write(whole);
  if (failures.length > 0) throw new Error(`The drift is not known of:\n${failures.join("\n")}`);
  return found.some(({ verdict }) => verdict === "drift");
}

/**
 * @param poolUsers everybody in the pool, to find those that no stack declares
 * @returns undefined for a stack that is new, and was not applied yet
 * @throws Error if it cannot be compared
 */
async function compareStack(
  { settings, environment }: Job,
  workspace: Workspace,
  stack: PipelineStack,
  pool: ReachedPool,
  poolUsers: readonly DirectoryUser[] | undefined,
): Promise<DriftReport | undefined> {
  const reason = await workspace.init(stack);
  if (reason !== undefined) throw new Error(reason);
  const state = await workspace.show(stack.folder);
  if (state === undefined) throw new Error("The state could not be read. The log says why.");
  const sets = readDeclaredSets(state);
  if (sets.length === 0 && stack.new) return undefined;
  if (sets.length === 0)
    throw new Error(
      "The state holds no user set, and the stack is not said to be new. The set was taken away, or the backend is another one than that of the last apply, which kept the state.",
    );
  return checkDrift({
    sets: selectUserPool(sets),
    lookUps: new UserLookUps(pool.client),
    host: pool.settings.host,
    context: { stack: stack.name },
    acceptEmptyPool: pool.limits.acceptEmptyPool,
    ...(poolUsers && { poolUsers }),
    ...(settings.redact && { redactKey: checkRedactKey(environment) }),
  });
}
