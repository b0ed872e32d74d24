import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../text";
import { isRunning } from "./process";

const PREFIX = "genauth-deletions-";

/** Longer than any run goes on without an entry. Another container's run cannot be seen, and must not be reset. */
const DAY_MS = 24 * 3600 * 1000;

/**
 * Enters how many users a set deletes, and gives the total of all sets of the run, each with the most that was entered for
 * it: no later entry lowers what was counted. What is entered later, by other processes too, does not count: so of two
 * sets that are over the limit together, one is within it.
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
  /** What this process has seen in the file, each line of which stays there until the run is over. */
  let seen = "";
  return (set, deletions) => {
    try {
      const name = PREFIX + readRun();
      removeEnded(folder, name);
      appendFileSync(join(folder, name), `${JSON.stringify([set, deletions])}\n`, { mode: 0o600 });
      const text = readFileSync(join(folder, name), "utf8");
      if (!text.startsWith(seen)) throw new Error("What was counted before is not there any more.");
      seen = text;
      return totalOf(text, set);
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
  const entries = text.trimEnd().split("\n").map(readEntry);
  const own = entries.findLastIndex(([its]) => its === set);
  if (own === -1) throw new Error("What was written is not there.");
  const most = new Map<string, number>();
  for (const [its, deletions] of entries.slice(0, own + 1)) {
    most.set(its, Math.max(deletions, most.get(its) ?? 0));
  }
  return [...most.values()].reduce((sum, deletions) => sum + deletions, 0);
}

/**
 * Everything that runs with Terraform may write into its data folder, so an entry is believed only where it can be one.
 *
 * @throws Error at anything but a set and a whole number from 0
 */
function readEntry(line: string): [set: string, deletions: number] {
  const entry: unknown = JSON.parse(line);
  const [set, deletions] = Array.isArray(entry) && entry.length === 2 ? (entry as unknown[]) : [];
  if (
    typeof set !== "string" ||
    typeof deletions !== "number" ||
    !Number.isSafeInteger(deletions) ||
    deletions < 0
  ) {
    throw new Error(`"${printable(line)}" is no count of deletions.`);
  }
  return [set, deletions];
}
