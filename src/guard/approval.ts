import { readPlannedChanges, readUntouchedSets, type PlannedChange } from "../reports/planned-change";
import type { PlanJson } from "../terraform-json";
import { listUserPools } from "../user-pool";
import { ProtectedUsers, USER_ID_TYPES, UserIdType } from "../users";

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
  /**
   * Whom any set of any plan declares after its change, in any spelling, also one that the plan leaves out; and whom one declared before it,
   * if the plan does not know its users.
   */
  readonly declared: ProtectedUsers;
  /** The name of the user pool, if the plans name one. */
  readonly userPool?: string;
  /** The addresses of the sets whose users a plan does not know. Nobody of them is approved. */
  readonly unknownSets: readonly string[];
  /** The addresses of the other sets of which a plan does not know whom they reactivate. */
  readonly unknownReactivations: readonly string[];
}

/**
 * Reads what plans show, by the same reading as their reports.
 *
 * @param holdDueDeletions leaves out deletions that are due
 * @throws Error if a plan failed, or if the plans are about several user pools
 */
export function readApproval(plans: readonly PlanJson[], holdDueDeletions: boolean): Approval {
  if (plans.some(({ errored }) => errored))
    throw new Error("A plan failed, so it approves nothing. Plan again.");
  const sets = plans.flatMap(readPlannedChanges);
  const untouched = plans.flatMap(readUntouchedSets);
  const userPool = findUserPool([...sets, ...untouched]);
  const pick = (idsOf: (set: PlannedChange) => [UserIdType, string][]): IdsByType =>
    byType(sets.flatMap(idsOf));
  const leavers = (set: PlannedChange, fate: "deleted" | "suspended"): [UserIdType, string][] => {
    const { prior, action } = set;
    if (!prior || action !== "update") return [];
    return set.leavers
      .filter((leaver) => leaver.fate === fate && !(holdDueDeletions && leaver.suspendedUntil !== undefined))
      .map(({ id }) => [prior.userIdType, id]);
  };
  const declaring = [
    ...sets.flatMap(({ prior, planned }) => (planned?.usersKnown === false ? [prior, planned] : [planned])),
    ...untouched.map(({ planned }) => planned),
  ];
  const declared = byType(
    declaring.flatMap((set) =>
      set ? [...set.users.keys()].map((id): [UserIdType, string] => [set.userIdType, id]) : [],
    ),
  );
  return {
    ...(userPool !== undefined && { userPool }),
    ids: {
      deletion: pick((set) => leavers(set, "deleted")),
      suspension: pick((set) => leavers(set, "suspended")),
      // By system user id, which the plan states: the id that left the set may name nobody, or somebody else, by now.
      reactivation: pick(({ action, reactivated }) =>
        action === "update" ? reactivated.map(({ userId }) => [UserIdType.USER_ID, userId]) : [],
      ),
    },
    declared: ProtectedUsers.of(new Map([...declared].map(([type, ids]) => [type, [...ids]]))),
    unknownSets: sets.flatMap(({ address, planned }) => (planned && !planned.usersKnown ? [address] : [])),
    unknownReactivations: sets.flatMap(({ address, planned }) =>
      planned?.usersKnown === true && !planned.reactivationsKnown ? [address] : [],
    ),
  };
}

/**
 * A guard holds the key of one pool. Its look-ups would take the people of another for people of this one.
 *
 * @throws Error that says what to do, if the sets name several pools
 */
function findUserPool(sets: readonly Pick<PlannedChange, "planned" | "prior">[]): string | undefined {
  const pools = listUserPools(sets.map(({ prior, planned }) => planned ?? prior ?? {}));
  if (pools.length < 2) return pools[0];
  throw new Error(
    `The plans are about ${pools.length} user pools: ${pools.join(", ")}. A guard holds the key of one pool. Nothing was started. Declare each pool in a stack of its own, and apply the plan of each under a guard with its key.`,
  );
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
