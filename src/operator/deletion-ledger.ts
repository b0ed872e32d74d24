import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson, printable } from "../text";
import { limitRun, type RunCount } from "../users";
import type { OperatorLimits } from "./operator-limits";
import { isRunning } from "./process";

const PREFIX = "genauth-deletions-";

/** Longer than a run goes without an entry. */
const DAY_MS = 24 * 3600 * 1000;

/**
 * Enters the people that a set deletes or suspends. Returns how many people the sets of the run delete or
 * suspend, up to this entry: somebody who leaves two sets, or is named by plan and apply, is one. If two sets
 * exceed the limit together, only the one that is entered later does.
 *
 * @param people a text for each person, the same in all sets
 * @param most if the total would be larger, it is returned, but nobody is entered; default no limit
 * @throws LedgerError if the entry cannot be made, since the limit would not hold without it
 */
export type DeletionLedger = (people: readonly string[], most?: number) => number;

/** Why the deletions of a run cannot be counted. */
export class LedgerError extends Error {}

/** For a run under a guard, which itself counts the people of all sets and processes: a set counts alone. */
export const countAlone: DeletionLedger = (people) => new Set(people).size;

/**
 * Counts the deletions of all sets of one run, for the operator's limit. Each provider configuration and each
 * set of the null resource has a process of its own, so they share a file in Terraform's data folder. Each
 * appends whole lines.
 *
 * @param environment names the data folder
 * @param readRun returns the key of the engine's process; called at each entry
 */
export function openDeletionLedger(environment: NodeJS.ProcessEnv, readRun: () => string): DeletionLedger {
  const folder = environment["TF_DATA_DIR"] || ".terraform";
  /** What this process has read from the file. Until the run is over, it must begin like that. */
  let seen = "";
  const enter = (people: readonly string[]): Set<string> => {
    const name = PREFIX + readRun();
    removeEnded(folder, name);
    const line = `${JSON.stringify([randomUUID(), people])}\n`;
    appendFileSync(join(folder, name), line, { mode: 0o600 });
    const text = readFileSync(join(folder, name), "utf8");
    if (!text.startsWith(seen)) throw new Error("Entries that were counted before are gone.");
    const start = text.lastIndexOf(line);
    if (start === -1) throw new Error("The entry just written is missing.");
    // What follows may be half written.
    seen = text.slice(0, start + line.length);
    return new Set(seen.trimEnd().split("\n").flatMap(readPeople));
  };
  return (given, most) => {
    const people = [...new Set(given)].map(markOf);
    try {
      if (most !== undefined) {
        // Before an entry of this process, each line is whole. Reading alone could find half of one.
        const total = new Set([...enter([]), ...people]).size;
        if (total > most) return total;
      }
      return enter(people).size;
    } catch (cause) {
      throw new LedgerError(
        `Nobody was deleted: the pipeline's GENAUTH_MAX_DELETIONS requires a count of this run's deletions, which cannot be kept in ${folder}. ` +
          `${sentenceOf(cause)}If that folder is missing or not writable, mend that. If an entry is damaged, plan or apply again: a new run has a new file.`,
        { cause },
      );
    }
  };
}

/**
 * Counts the deletions of a run against the operator's limit. Those that cannot be counted are not allowed.
 */
export function openRunCount(ledger: DeletionLedger, { maxDeletions: most }: OperatorLimits): RunCount {
  return (people, isAllOrNothing) => {
    if (most === undefined) return undefined;
    try {
      const excess = limitRun(ledger(people, isAllOrNothing ? most : undefined), most);
      if (excess === undefined) return undefined;
      return {
        summary: "More deletions than this pipeline allows",
        detail: `${excess} (GENAUTH_MAX_DELETIONS). Nobody in this set is deleted. Remove fewer at once, or ask the pipeline's owner.`,
      };
    } catch (cause) {
      if (!(cause instanceof LedgerError)) throw cause;
      return { summary: "Deletions cannot be counted", detail: cause.message };
    }
  };
}

/** What went wrong, as a sentence before another one. Messages of Node.js end without a full stop. */
function sentenceOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  return `${cause.message.replace(/\.$/, "")}. `;
}

/**
 * Removes the files of runs that are over. Runs of other workspaces may be active in the same folder, and one
 * in another container cannot be seen.
 */
function removeEnded(folder: string, own: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(PREFIX) || name === own) continue;
    const file = join(folder, name);
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - written > DAY_MS && !isRunning(name.slice(PREFIX.length))) rmSync(file, { force: true });
  }
}

/** What stands for a person in the file, which names nobody. */
function markOf(person: string): string {
  return createHash("sha256").update(person).digest("base64url").slice(0, 16);
}

/**
 * Anything that runs with Terraform can write into its data folder, so each entry is checked.
 *
 * @throws Error unless the line is an entry
 */
function readPeople(line: string): readonly string[] {
  const { data } = Entry.safeParse(parseJson(line));
  if (!data) throw new Error(`"${printable(line)}" is not a count of deletions.`);
  return data[1];
}

/** The id of an entry, and the people. */
const Entry = z.tuple([z.string(), z.array(z.string())]);
