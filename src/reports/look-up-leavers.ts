import { groupBy } from "../lists";
import type { PlanJson } from "../terraform-json";
import { canonicalId, type DirectoryUser, type UserIdType, type UserLookUps } from "../users";
import { readPlannedChanges } from "./planned-change";

/** The users of a plan who were looked up. */
export interface LookedUpUsers {
  /** By `keyOf`. */
  readonly users: ReadonlyMap<string, DirectoryUser>;
  /** Why some could not be looked up; absent if all were. */
  readonly failure?: string | undefined;
}

/** The same for two spellings of one id. */
export function keyOf(id: string, type: UserIdType): string {
  return JSON.stringify([type, canonicalId(id, type)]);
}

/** The name in GenAuth, or else the user name; absent if the user has neither. */
export function nameOfUser({ name, username }: Pick<DirectoryUser, "name" | "username">): string | undefined {
  return (name ?? username) || undefined;
}

/**
 * Looks up the people that a plan deletes or suspends, because its messages name only the first of each set.
 * It decides nothing: the apply looks everybody up once more.
 */
export async function lookUpLeavers(plan: PlanJson, lookUps: UserLookUps): Promise<LookedUpUsers> {
  const going = readPlannedChanges(plan).flatMap(({ prior, leavers }) =>
    leavers.flatMap(({ id, fate }) =>
      prior && fate !== "not_deleted" ? [{ id, type: prior.userIdType }] : [],
    ),
  );
  const users = new Map<string, DirectoryUser>();
  let failure: string | undefined;
  for (const [type, its] of groupBy(going, (one) => one.type)) {
    const resolutions = await lookUps.resolve(
      its.map(({ id }) => id),
      type,
    );
    for (const [id, resolution] of resolutions) {
      if (resolution.kind === "undecided") failure ??= resolution.failure.message;
      if (resolution.kind === "found") users.set(keyOf(id, type), resolution.user);
    }
  }
  return { users, failure };
}
