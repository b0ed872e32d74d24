import type { PlanJson } from "../terraform-json";
import { mayBeSamePool } from "../user-pool";
import { type DirectoryUser, ProtectedUsers, type UserIdType } from "../users";
import { type PlannedChange, readPlannedChanges, readUntouchedSets } from "./planned-change";
import type { SetSnapshot } from "./set-snapshot";

/** A set that goes on to declare or to retain users. Others should not delete them. */
export interface DeclaringSet {
  /** With the name of its stack before it, if that is another one. */
  readonly address: string;
  readonly userPoolName: string | undefined;
  readonly users: ProtectedUsers;
}

/** The plan of another stack of the run. */
export interface OtherStack {
  readonly stack: string;
  readonly plan: PlanJson;
  /** Whether it is not applied: then everybody that it declares before the change counts, too. Default no. */
  readonly isHeld?: boolean;
}

type PlannedSet = Pick<PlannedChange, "address" | "planned"> & Partial<Pick<PlannedChange, "prior">>;

/** The sets that declare or retain users after a change. */
export function declaringSets(sets: readonly PlannedSet[]): DeclaringSet[] {
  return sets.flatMap(({ address, planned }) => (planned ? [declaringSet(address, planned)] : []));
}

/** The sets of another stack. A plan that failed is not applied. */
export function declaringSetsOf({ stack, plan, isHeld = false }: OtherStack): DeclaringSet[] {
  const showsPrior = isHeld || plan.errored;
  const sets: PlannedSet[] = [...readPlannedChanges(plan), ...readUntouchedSets(plan)];
  return sets.flatMap(({ address, prior, planned }) =>
    [planned, showsPrior ? prior : undefined].flatMap((set) =>
      set ? [declaringSet(`${stack}: ${address}`, set)] : [],
    ),
  );
}

function declaringSet(
  address: string,
  { userIdType, userPoolName, users, retained }: SetSnapshot,
): DeclaringSet {
  const ids = new Map([[userIdType, [...users.keys(), ...retained]]]);
  return { address, userPoolName, users: ProtectedUsers.of(ids) };
}

/** Somebody who leaves a set. */
export interface LeaverOfPlan {
  readonly id: string;
  readonly type: UserIdType;
  /** As looked up, with all ids; absent: only the id is known. */
  readonly user?: DirectoryUser | undefined;
}

/**
 * Finds who else declares or retains somebody who leaves a set, in the same user pool as far as is known: by
 * the id, or by any id that the look-up shows.
 *
 * @returns the addresses of the sets, each once
 */
export function findDeclaring(
  { id, type, user }: LeaverOfPlan,
  own: Pick<DeclaringSet, "address" | "userPoolName">,
  sets: readonly DeclaringSet[],
): string[] {
  const declaring = sets.filter(
    ({ address, userPoolName, users }) =>
      address !== own.address &&
      mayBeSamePool(userPoolName, own.userPoolName) &&
      (users.matchId(id, type) ?? (user && users.match(user))) !== undefined,
  );
  return [...new Set(declaring.map(({ address }) => address))];
}
