import { type Removal, removalsOf } from "../removal/fate";
import { type DeletionRequest, type DeletionResult, deleteUsers } from "./delete-users";
import type { Survivor } from "./survivor";

/**
 * Deletes those whose fate is deletion. Who could not be looked up is not deleted, and survives; of the others
 * nobody is told.
 *
 * @param request how users are deleted; asked for only where somebody is
 */
export async function carryOutRemovals(
  removals: readonly Removal[],
  request: Omit<DeletionRequest, "users"> | undefined,
): Promise<DeletionResult> {
  const users = removalsOf(removals, "delete").map(({ id, label, fate: { userId } }) => ({
    id,
    label,
    userId,
  }));
  const undecided = removalsOf(removals, "undecided").map(({ id, label, fate: { failure } }): Survivor => {
    return { id, label, reason: failure.message, failure };
  });
  if (!request || users.length === 0) return { gone: [], survivors: undecided };
  const { gone, survivors } = await deleteUsers({ ...request, users });
  return { gone, survivors: [...undecided, ...survivors] };
}
