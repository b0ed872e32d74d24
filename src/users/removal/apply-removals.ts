import {
  type DeletionRequest,
  type DeletionResult,
  deleteUsers,
  type KeptUser,
  type Survivor,
} from "../deletion/delete-users";
import { UNREVIEWED } from "./messages";
import { type Removal, type RemovalOf, removalsOf } from "./removal";

/**
 * The value in `removals` for an id whose user a plan does not delete, or an apply did not delete. In a plan, it binds the apply;
 * a report reads it.
 */
export const NOT_DELETED = "not deleted";

/** The same in `suspensions`. */
export const NOT_SUSPENDED = "not suspended";

/** How a removal ended, in the words of the `removals` attribute. */
export type RemovalEnding = "deleted" | "already gone" | "never found" | typeof NOT_DELETED;

/** The result of applied removals. */
export interface RemovalResult extends DeletionResult {
  /** All removals. A user that was kept right before the call has the outcome `kept`, unless only a changed status kept it. */
  readonly removals: readonly Removal[];
  /** By removed id. */
  readonly endings: ReadonlyMap<string, RemovalEnding>;
}

/**
 * Deletes the users that a plan without refusals deletes, and reads back until they are gone. A user that could not be looked
 * up, or whose deletion nobody has reviewed, is not deleted and becomes a survivor.
 *
 * @param removals of `planRemovals`
 * @param request how users are deleted; absent if no pool can be reached yet
 */
export async function applyRemovals(
  removals: readonly Removal[],
  request: Omit<DeletionRequest, "users"> | undefined,
): Promise<RemovalResult> {
  const users = removalsOf(removals, "delete").map(({ id, label, outcome: { userId, heldStatus } }) => ({
    id,
    label,
    userId,
    ...(heldStatus && { heldStatus }),
  }));
  const { gone, survivors, kept } =
    request && users.length > 0
      ? await deleteUsers({ ...request, users })
      : { gone: [], survivors: [], kept: [] };
  const deleted = new Set(gone);
  const keptById = new Map(keptRemovals(kept).map((removal) => [removal.id, removal]));
  return {
    gone,
    kept,
    survivors: [...removals.flatMap(survivorOf), ...survivors],
    removals: removals.map((removal) => keptById.get(removal.id) ?? removal),
    endings: new Map(removals.map((removal) => [removal.id, endingOf(removal, deleted)])),
  };
}

/** Users who were kept right before a call, as removals; without those whose status alone was the reason. */
export function keptRemovals(kept: readonly KeptUser[]): RemovalOf<"kept">[] {
  return kept.flatMap(({ id, label, reason }): RemovalOf<"kept">[] =>
    reason.kind === "status_changed" ? [] : [{ id, label, outcome: { kind: "kept", reason } }],
  );
}

/** A user that stays in the set without an attempt to delete it. */
function survivorOf({ id, label, outcome }: Removal): Survivor[] {
  switch (outcome.kind) {
    case "undecided":
      return [{ id, label, reason: outcome.failure.message, failure: outcome.failure }];
    case "unreviewed":
      return [{ id, label, reason: UNREVIEWED[outcome.why] }];
    case "delete":
    case "gone":
    case "never_found":
    case "kept":
      return [];
  }
}

function endingOf({ id, outcome }: Removal, deleted: ReadonlySet<string>): RemovalEnding {
  switch (outcome.kind) {
    case "delete":
      return deleted.has(id) ? "deleted" : NOT_DELETED;
    case "gone":
      return "already gone";
    case "never_found":
      return "never found";
    case "undecided":
    case "unreviewed":
    case "kept":
      return NOT_DELETED;
  }
}
