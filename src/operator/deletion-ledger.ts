import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "./process";

const PREFIX = "genauth-deletions-";

/** Longer than any run goes on without an entry. Another container's run cannot be seen, and must not be reset. */
const DAY_MS = 24 * 3600 * 1000;

/**
 * Enters how many users a set deletes, in place of what was entered for it before, and gives the total of all sets of the
 * run. What is entered later, by other processes too, does not count: so of two sets that are over the limit together,
 * one is within it.
 *
 * @throws LedgerError where it cannot be entered: then the limit could not be held
 */
export type DeletionLedger = (set: string, deletions: number) => number;

/** Why the deletions of a run cannot be counted. */
export class LedgerError extends Error {}

/**
 * Counts the deletions of all sets of one run, for the operator's limit. Each provider configuration and each set of the
 * null resource has a process of its own, so they share a file in Terraform's data folder, which is appended to in whole
 * lines.
 *
 * @param environment says where the data folder is
 * @param readRun gives the key of the engine's process; called at each entry
 */
export function openDeletionLedger(environment: NodeJS.ProcessEnv, readRun: () => string): DeletionLedger {
  const folder = environment["TF_DATA_DIR"] || ".terraform";
  return (set, deletions) => {
    try {
      const name = PREFIX + readRun();
      removeEnded(folder, name);
      appendFileSync(join(folder, name), `${JSON.stringify([set, deletions])}\n`, { mode: 0o600 });
      return totalOf(readFileSync(join(folder, name), "utf8"), set);
    } catch (cause) {
      throw new LedgerError(
        `Nobody was deleted: the deletions of this run cannot be counted in ${folder}, as the pipeline's GENAUTH_MAX_DELETIONS ` +
          `asks for. ${cause instanceof Error ? cause.message : ""} Make that folder writable; what is damaged there can be removed once no run goes on.`,
        { cause },
      );
    }
  };
}

/** What runs left that are over. Runs of other workspaces may go on in the same folder. */
function removeEnded(folder: string, own: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(PREFIX) || name === own) continue;
    const file = join(folder, name);
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - written > DAY_MS && !isRunning(name.slice(PREFIX.length))) rmSync(file, { force: true });
  }
}

function totalOf(text: string, set: string): number {
  const entries = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as [string, number]);
  const own = entries.findLastIndex(([its]) => its === set);
  if (own === -1) throw new Error("What was written is not there.");
  const counts = new Map(entries.slice(0, own + 1));
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
