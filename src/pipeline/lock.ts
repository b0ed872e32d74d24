import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Job } from "./job";
import { startProgram } from "./programs";
import { installStackProviders } from "./workspace";

/**
 * Writes the lock files with which init compares the providers. A person runs this at the start and after each upgrade of a provider,
 * and commits the files. Pipelines do not.
 *
 * @param args further arguments of init, such as -upgrade for newer versions within a range
 * @returns the lock files
 */
export async function writeLockFiles(
  { settings, checkout, environment }: Job,
  args: readonly string[],
): Promise<string[]> {
  const { engine, stacks, synth } = settings;
  const lockOf = (folder: string): string => join(checkout, folder, ".terraform.lock.hcl");
  for (const { folder, lock_file: lock } of stacks) {
    mkdirSync(join(checkout, folder), { recursive: true });
    // Locked providers stay locked, except the one that synth installs and those that are requested in another version.
    const committed = join(checkout, lock);
    if (existsSync(committed) && committed !== lockOf(folder)) copyFileSync(committed, lockOf(folder));
  }
  if (synth !== undefined) await run(["sh", "-c", synth], checkout, environment);
  installStackProviders(settings, checkout);
  for (const { folder, lock_file: lock } of stacks) {
    // Without a backend: providers do not need it, and the person who runs this may have no key for it.
    const init = [engine, "init", "-input=false", "-no-color", "-backend=false", ...args];
    await run(init, join(checkout, folder), environment);
    const committed = join(checkout, lock);
    mkdirSync(dirname(committed), { recursive: true });
    if (committed !== lockOf(folder)) copyFileSync(lockOf(folder), committed);
  }
  return stacks.map(({ lock_file: lock }) => lock);
}

async function run(
  command: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { code } = await startProgram(command, { folder, environment, isShown: true });
  if (code !== 0)
    throw new Error(
      `${command.slice(0, 2).join(" ")} failed with exit code ${code}. No lock file was written.`,
    );
}
