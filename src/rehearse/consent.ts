import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { printable } from "../text";
import { count } from "../users";
import { isUnfinished } from "./journal";
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
  const unfinished = unfinishedJournals(file);
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
    ...unfinished.map(
      (journal) =>
        `${printable(journal)} is the journal of a rehearsal that did not finish. Run genauth-users rehearse --clean-up ${printable(journal)} first.`,
    ),
  ];
}

/** The name of a journal, by its time. */
export function journalName(now: Date): string {
  return `genauth-rehearsal-${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}.jsonl`;
}

/** Journals beside the new one that do not say that nobody is left. */
function unfinishedJournals(file: string): string[] {
  const folder = dirname(file);
  return readdirSync(folder)
    .filter((name) => /^genauth-rehearsal-.*\.jsonl$/.test(name) && name !== basename(file))
    .map((name) => join(folder, name))
    .filter(isUnfinished);
}

/**
 * Whether somebody consents to a rehearsal in this very pool.
 *
 * @param typed what was typed, or else the variable's value
 */
export function isConsent(typed: string | undefined, accessKeyId: string): boolean {
  return typed?.trim() === accessKeyId;
}
