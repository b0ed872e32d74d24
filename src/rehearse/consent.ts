import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { codeOf } from "../files";
import { printable } from "../text";
import { count } from "../users";
import { looksLikeJournal, readJournal } from "./journal";
import { explainLock } from "./lock";
import type { Survey } from "./survey";

/** More users than this are no pool for tests. */
export const MOST_USERS = 500;

/** The variable that consents where nobody can type: it must be the access key id. */
export const CONSENT_VARIABLE = "GENAUTH_REHEARSAL_CONSENT";

/** What the person who starts a rehearsal accepts. */
export interface Accepted {
  readonly production: boolean;
  readonly sideEffects: boolean;
}

/**
 * Why a rehearsal may not begin yet, each with what to do.
 *
 * @param file where the journal would be written
 */
export function findObstacles(survey: Survey, accepted: Accepted, file: string): string[] {
  const { total, sideEffects, unread } = survey;
  return [
    ...(total > MOST_USERS && !accepted.production
      ? [
          `The pool holds ${count(total, "user")}, so it is probably one that people use. Rehearse in a second, empty pool. If it must be this one, add --production.`,
        ]
      : []),
    ...(accepted.sideEffects || sideEffects.length + unread.length === 0
      ? []
      : [
          `Test users may have effects outside the pool. ${[...sideEffects, ...unread].join(" ")} Rehearse in a second, empty pool; or turn these off; or add --accept-side-effects.`,
        ]),
    ...findJournals(file).flatMap((journal) => explainUnfinished(journal) ?? []),
  ];
}

/** The name of a journal, by its time. */
export function journalName(now: Date): string {
  return `genauth-rehearsal-${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}.jsonl`;
}

/** Journals in the folder of the new one and in the current one, whatever their names. */
function findJournals(file: string): string[] {
  const folders = new Set([dirname(resolve(file)), process.cwd()]);
  return [...folders]
    .flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(folder, name)),
    )
    .filter((path) => path !== resolve(file) && looksLikeJournal(readBegin(path)));
}

/** The first characters of a file; none of one that this account may not read, which it could not have written either. */
function readBegin(path: string): string {
  const begin = Buffer.alloc(64);
  try {
    const descriptor = openSync(path, "r");
    try {
      return begin.toString("utf8", 0, readSync(descriptor, begin));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "EACCES" || code === "EPERM" || code === "ENOENT") return "";
    throw error;
  }
}

/** Why a journal does not say that nobody is left, and what to do. */
function explainUnfinished(journal: string): string | undefined {
  const lock = explainLock(journal);
  if (lock !== undefined) return printable(lock);
  try {
    if (readJournal(journal).isFinished) return undefined;
  } catch (error) {
    // It says what is wrong with the journal, and what to do about it.
    return printable(error instanceof Error ? error.message : String(error));
  }
  return `${printable(journal)} is the journal of a rehearsal that did not finish. Run genauth-users rehearse --clean-up ${printable(journal)} first.`;
}

/**
 * Whether somebody consents to a rehearsal in this very pool.
 *
 * @param typed what was typed, or else the variable's value
 */
export function isConsent(typed: string | undefined, accessKeyId: string): boolean {
  return typed?.trim() === accessKeyId;
}
