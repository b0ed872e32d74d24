import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ReachedPool, readAllUsers } from "../operator";
import { checkDrift, checkRedactKey, type DriftReport, readDeclaredSets, selectUserPool } from "../reports";
import { withoutCommands } from "../text";
import { type DirectoryUser, UserLookUps } from "../users";
import { readHandedOver, sha256Of, type StackDrift } from "./hand-over";
import { findLeftStacks } from "./history";
import { type Job, renewFolder } from "./job";
import { whileReading, writeReport } from "./plan";
import type { PipelineStack } from "./settings";
import { withStacks, type Workspace } from "./workspace";

/**
 * Compares the states with the user pool, under a guard that lets only reads pass. Writes the reports to the folder of the run. A stack
 * that cannot be compared holds up no other.
 *
 * @param stacksSha256 of the tar of the stacks, as the job said that made it
 * @param isNightly whether it is the check of a night, which can look at the whole pool
 * @throws Error at the end, if a stack could not be compared
 */
export async function lookForDrift(
  job: Job,
  stacksSha256: string | undefined,
  isNightly: boolean,
): Promise<readonly StackDrift[]> {
  const { settings, folder, platform } = job;
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  const out = renewFolder(job, "drift");
  const drifts: StackDrift[] = [];
  const markdown: string[] = [];
  const failures: string[] = [];
  await withStacks(job, tar, (workspace, limits) =>
    whileReading(job, limits, async (pool) => {
      const poolUsers = isNightly && settings.drift.undeclared ? await readAllUsers(pool.client) : undefined;
      for (const stack of settings.stacks)
        try {
          const report = await compareStack(job, workspace, stack, pool, poolUsers);
          const text = writeReport(join(out, stack.name, "drift"), report);
          markdown.push(text);
          drifts.push(summarizeDrift(stack.name, text, report));
        } catch (error) {
          failures.push(`${stack.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
    }),
  );
  const left = (await findLeftStacks(job)).map((sentence) => `**${sentence}**\n`);
  const unknown = failures.map((failure) => `**The drift is not known.** ${withoutCommands(failure)}\n`);
  const whole = [...left, ...unknown, ...markdown].join("\n");
  writeFileSync(join(out, "drift.md"), whole);
  writeFileSync(join(out, "summary.json"), JSON.stringify(drifts));
  platform.addSummary(whole);
  if (failures.length > 0) throw new Error(`The drift is not known of:\n${failures.join("\n")}`);
  return drifts;
}

/**
 * @param poolUsers everybody in the pool, to find those whom nobody declares
 * @throws Error if it cannot be compared
 */
async function compareStack(
  { settings, environment }: Job,
  workspace: Workspace,
  stack: PipelineStack,
  pool: ReachedPool,
  poolUsers: readonly DirectoryUser[] | undefined,
): Promise<DriftReport> {
  const reason = await workspace.init(stack);
  if (reason !== undefined) throw new Error(reason);
  const state = await workspace.show(stack.folder);
  if (state === undefined) throw new Error("The state could not be read. The log says why.");
  const sets = readDeclaredSets(state);
  if (sets.length === 0)
    throw new Error(
      "The state holds no user set. Nothing was applied to it yet; or the set was taken away, or the backend is another one than that of the last apply, which kept the state.",
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

function summarizeDrift(
  name: string,
  markdown: string,
  { missing, survivors, undeclared }: DriftReport,
): StackDrift {
  // Users whom GenAuth did not answer for are no drift.
  const people = [
    ...missing.map(({ set, id }) => `missing ${set} ${id}`),
    ...survivors.map(({ set, id }) => `survivor ${set} ${id}`),
    ...undeclared.map(({ user_id }) => `undeclared ${user_id}`),
  ].sort();
  const title = markdown.split("\n").find((line) => line.startsWith("## ")) ?? "## Drift";
  return {
    name,
    title: title.slice("## ".length),
    people: people.length === 0 ? "none" : sha256Of(people.join("\n")),
  };
}
