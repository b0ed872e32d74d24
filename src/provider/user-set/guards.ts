import { error, type Diagnostic } from "../../plugin";
import { checkDeletionLimit, LedgerError } from "../../operator";
import { checkGuards, countDeletions, type Removal } from "../../users";
import type { ProviderContext } from "../context";
import { diagnosticOf } from "../settings";
import type { UserSetModel } from "./schema";

/** What the guards of a set and the operator's limit look at. */
export interface GuardedSet {
  readonly removals: readonly Removal[];
  /** Users that the set held before. */
  readonly heldBefore: number;
  readonly planned: UserSetModel;
  readonly prior: UserSetModel;
  /** As written, to tell a guard that is given from a default. */
  readonly config: UserSetModel | null;
  readonly context: ProviderContext;
}

/** An error where the change would delete more than the set or the pipeline allows. */
export function checkSetGuards({
  removals,
  heldBefore,
  planned,
  prior,
  config,
  context,
}: GuardedSet): Diagnostic[] {
  const deletions = countDeletions(removals);
  const { max_deletions: most, max_deletions_percent: percent } = planned;
  const violation = checkGuards({
    deletions,
    heldBefore,
    ...(typeof most === "number" && { maxDeletions: most }),
    ...(typeof percent === "number" && { maxDeletionsPercent: percent }),
    guardsGiven: (config?.max_deletions ?? config?.max_deletions_percent ?? null) !== null,
  });
  const diagnostics: Diagnostic[] = violation
    ? [
        error(violation.summary, violation.detail, [
          { attribute: violation.kind === "percent" ? "max_deletions_percent" : "max_deletions" },
        ]),
      ]
    : [];

  return [...diagnostics, ...checkRunLimit(typeof prior.id === "string" ? prior.id : "", deletions, context)];
}

/** An error where all sets of the run together would delete more than the operator allows, or nobody can tell. */
function checkRunLimit(set: string, deletions: number, { ledger, limits }: ProviderContext): Diagnostic[] {
  if (deletions === 0 || limits.maxDeletions === undefined) return [];
  try {
    return checkDeletionLimit(ledger(set, deletions), limits).map(diagnosticOf);
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    return [error("Deletions cannot be counted", cause.message)];
  }
}
