import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ignoreBesideHcl } from "../install";
import { count } from "../users/wording";
import { baseEnvironment, pick } from "./environment";
import { HANDED_OVER, readHandedOver, RUN_FOLDER, sha256Of } from "./hand-over";
import { type Job, renewFolder } from "./job";
import { requireSuccess, showLine, startProgram } from "./programs";
import { showDifference } from "./repository";
import type { PipelineSettings } from "./settings";
import { findMissingPaths, installStackProviders, isSynthesized, packStacks, withFolder } from "./workspace";

/** The keys that no job may have that runs code of the checkout. */
const KEYS = ["GENAUTH_ACCESS_KEY_ID", "GENAUTH_ACCESS_KEY_SECRET", "GENAUTH_PLAN_KEY"];

/** All variables but the files and the tokens by which a step speaks to its platform. */
const NOT_OF_PLATFORM =
  /^(?!(?:GITHUB_(?:ENV|PATH|OUTPUT|STEP_SUMMARY|STATE|TOKEN)|GH_TOKEN|CI_JOB_TOKEN|ACTIONS_.*)$)/;

/** How stacks are written. */
export interface SynthOptions {
  /**
   * The checkout must hold all commits of this branch; default the target of the pull request, or the branch
   * of the settings.
   */
  readonly branch?: string | undefined;
}

/**
 * The job `synth`: writes the stacks of the checkout, in a job that has no secret, and packs them for the
 * other jobs. Nothing else of this job reaches them. For a pull request that gets no key, it shows the
 * changes of the user files instead.
 *
 * @throws Error if the job has a key, the checkout is outdated, or a stack is missing
 */
export async function synth(job: Job, options: SynthOptions): Promise<void> {
  const { platform, environment } = job;
  refuseKey(environment);
  if (platform.pullRequest?.isForeign === true) {
    await showChanges(job, options);
    platform.setOutput("newest", "false");
    return;
  }
  const isNewest = await isUpToDate(job, options);
  platform.setOutput("newest", String(isNewest));
  platform.setOutput("sha256", isNewest ? await packWritten(job) : "");
}

/** @throws Error if this job could read a key */
function refuseKey(environment: NodeJS.ProcessEnv): void {
  if (environment.KEY_WITHOUT_ENVIRONMENT === "true")
    throw new Error(
      "A key of GenAuth, or GENAUTH_PLAN_KEY, is a secret of the repository or of its organization, so code of every branch can read it. Nothing was applied. Delete it there, replace it, and keep the new one only in the environments.",
    );
  const key = KEYS.find((name) => (environment[name] ?? "") !== "");
  if (key !== undefined)
    throw new Error(
      `This job has ${key}. Synth runs code of the checkout, so run it in a job without secrets.`,
    );
}

/**
 * Whether the checkout holds the newest commits of its branch. If it does not, the run of a newer commit
 * plans these changes, too.
 *
 * @throws Error if an outdated checkout is no reason to end well, such as that of a pull request; or if
 * `paths` of the settings leave out what decides who is declared
 */
async function isUpToDate({ git, platform, settings }: Job, { branch }: SynthOptions): Promise<boolean> {
  const faults = await git.findPathFaults(settings);
  if (faults.length > 0) throw new Error(`${faults.join("\n")}\nNothing was planned.`);
  const asked = branch ?? platform.pullRequest?.target;
  const target = asked ?? settings.branch;
  if (!(await platform.fetchBranch(git, target))) return true;
  if (await git.isUpToDate(target, settings.paths)) return true;
  if (asked !== undefined || platform.outdatedRun === "fails")
    throw new Error(
      `This checkout lacks commits of ${target}, so a plan of it would delete people who joined there. Merge or rebase, and push.`,
    );
  process.stderr.write(
    `${target} has a newer commit. The run of that commit plans these changes, too, so this run ends here.\n`,
  );
  return false;
}

/** Writes the stacks and packs them. @returns the SHA-256 of the tar */
async function packWritten(job: Job): Promise<string> {
  const { settings, environment, checkout, folder } = job;
  return await withFolder(async (home) => {
    // Code of the stack may read variables of its own. Among them is no key.
    const failure = await writeStacks(job, { ...pick(environment, NOT_OF_PLATFORM), HOME: home, CI: "true" });
    installStackProviders(settings, checkout);
    if (failure !== undefined) showLine(`${failure}\nOnly stacks that synth does not write are planned.`);
    renewFolder(job, "synth");
    const tar = join(folder, HANDED_OVER.stacks);
    await packStacks(settings, checkout, baseEnvironment(environment), tar, failure);
    const sha256 = sha256Of(readHandedOver(folder, "stacks", undefined));
    process.stderr.write(
      `${count(settings.stacks.length, "stack")} packed in ${RUN_FOLDER}/${HANDED_OVER.stacks}: SHA-256 ${sha256}\n`,
    );
    return sha256;
  });
}

/** The job `changes`: shows what changes in the user files, for a pull request that gets no key. */
export async function showChanges({ settings, git, platform }: Job, { branch }: SynthOptions): Promise<void> {
  const target = branch ?? platform.pullRequest?.target ?? settings.branch;
  const files = settings.stacks.flatMap(({ user_files: each }) => each);
  if (files.length === 0) throw new Error("The settings name no user_files, so nothing says what to show.");
  const shown = showDifference(await git.difference(target, files), files);
  const text = `There is no plan, because this pull request gets no key. This is what changes in the user files.\n\n${shown}`;
  platform.addSummary(text);
  process.stdout.write(text);
}

/**
 * Writes the lock files with which init compares the providers. A person runs this at the start and after
 * each upgrade of a provider, and commits the files. Pipelines do not.
 *
 * @param args further arguments of init, such as -upgrade for newer versions within a range
 * @returns the lock files
 * @throws Error if a folder is missing, or a program fails
 */
export async function writeLockFiles(job: Job, args: readonly string[]): Promise<string[]> {
  const { settings, checkout, environment } = job;
  const { engine, stacks } = settings;
  const lockOf = (folder: string): string => join(checkout, folder, LOCK_FILE);
  const made: string[] = [];
  for (const { folder, lock_file: lock } of stacks) {
    const isNew = mkdirSync(join(checkout, folder), { recursive: true }) !== undefined;
    if (isNew) made.push(join(checkout, folder));
    // Locked providers stay locked, except the one that synth installs and those that are requested in
    // another version.
    const committed = join(checkout, lock);
    if (existsSync(committed) && committed !== lockOf(folder)) copyFileSync(committed, lockOf(folder));
  }
  const failure = await writeStacks(job, environment);
  for (const folder of made.filter(isUnwritten)) rmSync(folder, { recursive: true });
  if (failure !== undefined) throw new Error(failure);
  const missing = findMissingPaths(stacks, checkout);
  if (missing.length > 0) throw new Error(`${missing.join("\n")}\nNo lock file was written.`);
  installStackProviders(settings, checkout);
  for (const { folder, lock_file: lock } of stacks) {
    // Without a backend: providers do not need it, and the person who runs this may have no key for it.
    const init = [engine, "init", "-input=false", "-no-color", "-backend=false", ...args];
    await requireSuccess(init, { folder: join(checkout, folder), environment, isShown: true });
    const committed = join(checkout, lock);
    mkdirSync(dirname(committed), { recursive: true });
    if (committed !== lockOf(folder)) copyFileSync(lockOf(folder), committed);
    if (!isSynthesized(join(checkout, folder))) ignoreBesideHcl(join(checkout, folder));
  }
  return stacks.map(({ lock_file: lock }) => lock);
}

const LOCK_FILE = ".terraform.lock.hcl";

/** Whether synth wrote nothing into a folder that was made for a lock file, such as a misspelt one. */
function isUnwritten(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).every((name) => name === LOCK_FILE);
}

/**
 * Writes the stacks into the checkout, as the settings say.
 *
 * @returns why synth failed, in its own words; undefined: it did not
 */
async function writeStacks(
  { settings, checkout }: Job,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (settings.synth === undefined) return undefined;
  const options = { folder: checkout, environment, isShown: true };
  const { code, output, errors } = await startProgram(["sh", "-c", settings.synth], options);
  if (code === 0) return undefined;
  const said = lastLines(errors.trim() === "" ? output : errors);
  return [`${settings.synth} failed with exit code ${code}.`, ...namedFiles(settings, said), said].join("\n");
}

/** How much of what synth printed a report quotes. */
const MOST_LINES = 15;

/** The end of what a program printed, without the places in its code. */
function lastLines(printed: string): string {
  const lines = printed
    .replaceAll(UNCAUGHT, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(?:\s+at |Node\.js v[\d.]+$)/.test(line));
  return lines.slice(-MOST_LINES).join("\n");
}

/** How Node.js shows the line of code that threw an error. */
const UNCAUGHT = /^\S+:\d+\n.*\n\s*\^+\n/gm;

/**
 * Says to which stacks the user files belong that the reason names: a program that writes several stacks
 * fails for all of them.
 */
function namedFiles({ stacks }: PipelineSettings, said: string): string[] {
  return stacks.flatMap(({ name, user_files: files }) =>
    files.filter((file) => said.includes(file)).map((file) => `${file} is a user file of ${name}.`),
  );
}
