import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const PREFIX = "genauth-deletions-";

/**
 * Counts the deletions of all sets of one run, for the operator's limit. Each set has a process of its own, so they
 * share a file in Terraform's data folder: lines are appended whole, and the first lines count first.
 *
 * @param run names the run; files of others are removed, since their runs are over: Terraform locks its state
 * @param deletions those of this set
 * @returns the total of all sets so far, this one included
 * @throws Error where the file cannot be written: then the limit could not be held
 */
export function enterDeletions(folder: string, run: string, set: string, deletions: number): number {
  try {
    return enter(folder, run, set, deletions);
  } catch (cause) {
    throw new Error(
      `Nobody was deleted: the deletions of this run cannot be counted in ${folder}, as the pipeline's GENAUTH_MAX_DELETIONS ` +
        `asks for. ${cause instanceof Error ? cause.message : ""} Make Terraform's data folder writable.`,
      { cause },
    );
  }
}

function enter(folder: string, run: string, set: string, deletions: number): number {
  const name = PREFIX + run;
  for (const other of readdirSync(folder)) {
    if (other.startsWith(PREFIX) && other !== name) rmSync(join(folder, other), { force: true });
  }
  const file = join(folder, name);
  appendFileSync(file, `${JSON.stringify([set, deletions])}\n`, { mode: 0o600 });
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as [string, number]);
  const own = entries.findLastIndex(([its]) => its === set);
  return entries.slice(0, own + 1).reduce((sum, [, count]) => sum + count, 0);
}
