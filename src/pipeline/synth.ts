import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { count } from "../users/wording";
import { baseEnvironment, pick } from "./environment";
import { HANDED_OVER, readHandedOver, RUN_FOLDER, sha256Of } from "./hand-over";
import { type Job, renewFolder } from "./job";
import { requireSuccess } from "./programs";
import { installStackProviders, packStacks, withFolder } from "./workspace";

/** The keys that no job may have that runs code of the checkout. */
const KEYS = ["GENAUTH_ACCESS_KEY_ID", "GENAUTH_ACCESS_KEY_SECRET", "GENAUTH_PLAN_KEY"];

/** All variables but the files and the tokens by which a step speaks to its platform. */
const NOT_OF_PLATFORM =
  /^(?!(?:GITHUB_(?:ENV|PATH|OUTPUT|STEP_SUMMARY|STATE|TOKEN)|GH_TOKEN|CI_JOB_TOKEN|ACTIONS_.*)$)/;

/**
 * Writes the stacks of the checkout, in a job that has no secret, and packs them for the other jobs. Nothing else that its code
 * leaves behind reaches those.
 *
 * @param branch with which the checkout must be up to date; default that of the settings
 * @returns the SHA-256 of the tar; undefined if a newer commit plans these changes, too
 * @throws Error if the job has a key, the checkout of another branch is outdated, or a stack is missing
 */
export async function synthesizeStacks(job: Job, branch: string | undefined): Promise<string | undefined> {
  const { settings, environment, git, platform, checkout, folder } = job;
  const key = KEYS.find((name) => (environment[name] ?? "") !== "");
  if (key !== undefined)
    throw new Error(
      `This job has ${key}. Synth runs code of the checkout, so run it in a job without secrets.`,
    );
  const target = branch ?? settings.branch;
  if (platform.name === "gitlab") await git.fetch(target);
  if (platform.name !== "none" && !(await git.isUpToDate(target, settings.paths))) {
    if (branch !== undefined || platform.name === "gitlab")
      throw new Error(
        `This checkout lacks commits of ${target}, so a plan of it would delete people who joined there. Merge or rebase, and push.`,
      );
    process.stderr.write(
      `${target} has a newer commit. The run of that commit plans these changes, too, so this run ends here.\n`,
    );
    return undefined;
  }
  const sha256 = await withFolder(async (home) => {
    // Code of the stack may read variables of its own. Among them is no key.
    await writeStacks(job, { ...pick(environment, NOT_OF_PLATFORM), HOME: home, CI: "true" });
    renewFolder(job, "synth");
    await packStacks(settings, checkout, baseEnvironment(environment), join(folder, HANDED_OVER.stacks));
    return sha256Of(readHandedOver(folder, "stacks", undefined));
  });
  process.stderr.write(
    `${count(settings.stacks.length, "stack")} packed in ${RUN_FOLDER}/${HANDED_OVER.stacks}: SHA-256 ${sha256}\n`,
  );
  return sha256;
}

/**
 * Refuses what a pull request could do on a server that applies it before the merge, by a user who can read all keys.
 *
 * @throws Error for a synth command, which would run its code as that user, and for links, through which that user would write
 */
export async function refuseReachOfRequest({ settings, git }: Job): Promise<void> {
  if (settings.synth !== undefined)
    throw new Error(
      "The settings have a synth command, which would run code of the pull request as a user who can read the keys. Nothing was run. Use stacks in plain HCL, or apply after the merge.",
    );
  const links = await git.links();
  if (links.length > 0)
    throw new Error(
      `The pull request holds links, which could lead this job to any file of the server: ${links.join(", ")}. Nothing was run. Put files in their place.`,
    );
}

/**
 * Writes the lock files with which init compares the providers. A person runs this at the start and after each upgrade of a provider,
 * and commits the files. Pipelines do not.
 *
 * @param args further arguments of init, such as -upgrade for newer versions within a range
 * @returns the lock files
 */
export async function writeLockFiles(job: Job, args: readonly string[]): Promise<string[]> {
  const { settings, checkout, environment } = job;
  const { engine, stacks } = settings;
  const lockOf = (folder: string): string => join(checkout, folder, ".terraform.lock.hcl");
  for (const { folder, lock_file: lock } of stacks) {
    mkdirSync(join(checkout, folder), { recursive: true });
    // Locked providers stay locked, except the one that synth installs and those that are requested in another version.
    const committed = join(checkout, lock);
    if (existsSync(committed) && committed !== lockOf(folder)) copyFileSync(committed, lockOf(folder));
  }
  await writeStacks(job, environment);
  for (const { folder, lock_file: lock } of stacks) {
    // Without a backend: providers do not need it, and the person who runs this may have no key for it.
    const init = [engine, "init", "-input=false", "-no-color", "-backend=false", ...args];
    await requireSuccess(init, { folder: join(checkout, folder), environment, isShown: true });
    const committed = join(checkout, lock);
    mkdirSync(dirname(committed), { recursive: true });
    if (committed !== lockOf(folder)) copyFileSync(lockOf(folder), committed);
  }
  return stacks.map(({ lock_file: lock }) => lock);
}

/** Writes the stacks into the checkout, as the settings say. */
async function writeStacks({ settings, checkout }: Job, environment: NodeJS.ProcessEnv): Promise<void> {
  if (settings.synth !== undefined)
    await requireSuccess(["sh", "-c", settings.synth], { folder: checkout, environment, isShown: true });
  installStackProviders(settings, checkout);
}
