import { error, type Diagnostic } from "../../plugin";
import { checkDeletionLimit } from "../../settings";
import { checkGuards, countDeletions, type Removal } from "../../users";
import type { ProviderContext } from "../context";
import { diagnosticOf } from "../settings";
import type { UserSetModel } from "./schema";

/** What the guards of a set and the operator's limit look at. */
export interface GuardedChange {
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
}: GuardedChange): Diagnostic[] {
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

  const total = context.ledger.enter(typeof prior.id === "string" ? prior.id : "", deletions);
  if (deletions > 0) diagnostics.push(...checkDeletionLimit(total, context.floor).map(diagnosticOf));
  return diagnostics;
}
