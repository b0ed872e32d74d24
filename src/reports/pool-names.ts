import type { PlanJson } from "../terraform-json";
import { UserIdType, type UserLookUps } from "../users";
import { readPlannedChanges } from "./planned-change";
import { keyOf } from "./reported-set";

/** The names in GenAuth of the users whom a plan deletes or suspends. */
export interface PoolNames {
  /** The name, or else the user name. Undefined: the user has neither, or could not be looked up. */
  readonly nameOf: (id: string, type: UserIdType) => string | undefined;
  /** Why some could not be looked up. */
  readonly failure: string | undefined;
}

/**
 * Looks up whom a plan deletes or suspends, because its messages name only the first of each set. It decides nothing: the apply looks
 * everybody up once more.
 */
export async function lookUpNames(plan: PlanJson, lookUps: UserLookUps): Promise<PoolNames> {
  const ids = new Map<UserIdType, string[]>();
  for (const { prior, leavers } of readPlannedChanges(plan))
    for (const { id, fate } of leavers)
      if (prior && fate !== "not_deleted")
        ids.set(prior.userIdType, [...(ids.get(prior.userIdType) ?? []), id]);
  const names = new Map<string, string>();
  let failure: string | undefined;
  for (const [type, its] of ids)
    for (const [id, resolution] of await lookUps.resolve(its, type)) {
      if (resolution.kind === "undecided") failure ??= resolution.failure.message;
      if (resolution.kind !== "found") continue;
      const { name = resolution.user.username } = resolution.user;
      if (name !== undefined && name !== "") names.set(keyOf(id, type), name);
    }
  return { nameOf: (id, type) => names.get(keyOf(id, type)), failure };
}
