import { error, type Diagnostic } from "../../plugin";
import { checkGuards, type Removal } from "../../users";
import type { ProviderContext } from "../context";
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

/**
 * An error where the change would delete more than the set or the pipeline allows. Who cannot be looked up counts as a
 * deletion: an outage must not loosen a guard.
 */
export function checkSetGuards({
  removals,
  heldBefore,
  planned,
  prior,
  config,
  context,
}: GuardedChange): Diagnostic[] {
  const deletions = removals.filter(({ fate }) => fate.kind === "delete" || fate.kind === "undecided").length;
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

  const limit = context.floor.maxDeletions;
  const total = context.ledger.enter(typeof prior.id === "string" ? prior.id : "", deletions);
  if (limit !== undefined && deletions > 0 && total > limit) {
    diagnostics.push(
      error(
        "More deletions than this pipeline allows",
        `The sets of this run would delete ${total} users together; GENAUTH_MAX_DELETIONS of this pipeline allows ${limit}. Nothing of this set is deleted. Remove fewer at once, or ask whoever owns the pipeline.`,
      ),
    );
  }
  return diagnostics;
}
