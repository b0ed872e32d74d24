import { existsSync } from "node:fs";
import { join } from "node:path";
import { findBackend, isLost, stateAdvice } from "./backend";
import type { Job } from "./job";
import { findMissingPaths } from "./workspace";

/**
 * The job `settings`: checks what the settings name, and the rules of the repository. They were read before.
 *
 * @param isFixing whether rules that are missing are set first, with the token of an administrator
 * @throws Error that names everything that is wrong
 */
export async function checkSettings(
  job: Job,
  { fix: isFixing = false }: { readonly fix?: boolean },
): Promise<void> {
  const { settings, platform } = job;
  if (isFixing) {
    if (!platform.fixRules)
      throw new Error(
        "Rules are set for GitHub only: give GITHUB_REPOSITORY=OWNER/NAME, and the token of an administrator in GH_TOKEN. Nothing was changed.",
      );
    await platform.fixRules(job);
  }
  const rules = await platform.checkRules(job);
  const faults = [...findFileFaults(job), ...(await job.git.findPathFaults(settings)), ...rules.faults];
  if (faults.length > 0)
    throw new Error(`The settings do not hold:\n${faults.map((fault) => `- ${fault}`).join("\n")}`);
  const names = settings.stacks.map(({ name }) => name).join(", ");
  const isUnwritten = settings.stacks.some(({ folder }) => !existsSync(join(job.checkout, folder)));
  const later = isUnwritten
    ? " The folders that the synth command writes are not there yet, so they were not checked."
    : "";
  process.stdout.write(`The settings are valid: ${names}.${later}\n${rules.sentence}\n`);
}

/** What the checkout lacks. What synth writes may come later. */
function findFileFaults({ settings: { stacks, synth }, checkout }: Job): string[] {
  const isThere = (path: string): boolean => existsSync(join(checkout, path));
  return stacks.flatMap((stack) => {
    const { name, folder, lock_file: lock, user_files: files, state } = stack;
    const isWritten = synth !== undefined && !isThere(folder);
    const backend = isWritten ? undefined : findBackend(join(checkout, folder));
    return [
      ...(isWritten ? [] : findMissingPaths([stack], checkout)),
      ...files
        .filter((file) => !isThere(file))
        .map(
          (file) => `There is no user file ${file}, which the settings name for ${name}. Correct user_files.`,
        ),
      ...(isThere(lock)
        ? []
        : [
            `There is no ${lock}, so nothing says which providers may run for ${name}. Run cdktf-genauth pipeline lock, and commit ${lock}.`,
          ]),
      ...(backend !== undefined && state !== "kept" && isThere(folder) && isLost(backend)
        ? [stateAdvice(stack, backend)]
        : []),
    ];
  });
}
