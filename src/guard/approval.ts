import { readPlannedChanges, type PlannedChange } from "../reports";
import type { PlanJson } from "../terraform-json";
import { ProtectedUsers, USER_ID_TYPES, type UserIdType } from "../users";

/** The changes of users that need an approval. */
export const CHANGES = ["deletion", "suspension", "reactivation"] as const;

/** A change of users. */
export type Change = (typeof CHANGES)[number];

/** Ids by their type, as the plans write them. */
export type IdsByType = ReadonlyMap<UserIdType, ReadonlySet<string>>;

/** What the approved plans of a run show. */
export interface Approval {
  /** The ids of each change. */
  readonly ids: Readonly<Record<Change, IdsByType>>;
  /** Whom any set of any plan declares after its change, in any spelling. */
  readonly declared: ProtectedUsers;
  /** The addresses of the sets whose users a plan does not know. Nobody of them is approved. */
  readonly unknownSets: readonly string[];
}

/**
 * Reads what plans show, by the same reading as their reports.
 *
 * @param holdDueDeletions leaves out deletions that are due
 * @throws Error if a plan failed
 */
export function readApproval(plans: readonly PlanJson[], holdDueDeletions: boolean): Approval {
  if (plans.some(({ errored }) => errored))
    throw new Error("A plan failed, so it approves nothing. Plan again.");
  const sets = plans.flatMap(readPlannedChanges);
  const pick = (idsOf: (set: PlannedChange) => [UserIdType, string][]): IdsByType =>
    byType(sets.flatMap(idsOf));
  const leavers = (set: PlannedChange, fate: "deleted" | "suspended"): [UserIdType, string][] => {
    const { prior, action } = set;
    if (!prior || action !== "update") return [];
    return set.leavers
      .filter((leaver) => leaver.fate === fate && !(holdDueDeletions && leaver.suspendedUntil !== undefined))
      .map(({ id }) => [prior.userIdType, id]);
  };
  const declared = pick(({ planned }) =>
    [...(planned?.users.keys() ?? [])].flatMap((id) => (planned ? [[planned.userIdType, id]] : [])),
  );
  return {
    ids: {
      deletion: pick((set) => leavers(set, "deleted")),
      suspension: pick((set) => leavers(set, "suspended")),
      reactivation: pick(reactivatedIn),
    },
    declared: ProtectedUsers.of(new Map([...declared].map(([type, ids]) => [type, [...ids]]))),
    unknownSets: sets.flatMap(({ address, planned }) => (planned && !planned.usersKnown ? [address] : [])),
  };
}

/** Of those who wait, whoever is declared again, under any id of the type. */
function reactivatedIn({ action, prior, planned, joiners }: PlannedChange): [UserIdType, string][] {
  if (action !== "update" || !prior || !planned || prior.suspended.size === 0) return [];
  return joiners.map(([id]) => [planned.userIdType, id]);
}

function byType(ids: readonly [UserIdType, string][]): IdsByType {
  const found = new Map(USER_ID_TYPES.map((type): [UserIdType, Set<string>] => [type, new Set()]));
  for (const [type, id] of ids) found.get(type)?.add(id);
  return new Map([...found].filter(([, its]) => its.size > 0));
}

/** How many ids there are, of all types. */
export function countIds(ids: IdsByType): number {
  return [...ids.values()].reduce((sum, its) => sum + its.size, 0);
}
