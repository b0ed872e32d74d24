import { join } from "node:path";
import { count } from "../users/wording";
import { baseEnvironment, pick } from "./environment";
import { HANDED_OVER, readHandedOver, RUN_FOLDER, sha256Of } from "./hand-over";
import { type Job, renewFolder, withFolder } from "./job";
import { startProgram } from "./programs";
import { installStackProviders, packStacks } from "./workspace";

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
    if (settings.synth !== undefined) {
      const { code } = await startProgram(["sh", "-c", settings.synth], {
        folder: checkout,
        // Code of the stack may read variables of its own. Among them is no key.
        environment: { ...pick(environment, NOT_OF_PLATFORM), HOME: home, CI: "true" },
        isShown: true,
      });
      if (code !== 0) throw new Error(`synth failed with exit code ${code}. The reason is above.`);
    }
    installStackProviders(settings, checkout);
    renewFolder(job, "synth");
    await packStacks(settings, checkout, baseEnvironment(environment), join(folder, HANDED_OVER.stacks));
    return sha256Of(readHandedOver(folder, "stacks", undefined));
  });
  process.stderr.write(
    `${count(settings.stacks.length, "stack")} packed in ${RUN_FOLDER}/${HANDED_OVER.stacks}: SHA-256 ${sha256}\n`,
  );
  return sha256;
}
