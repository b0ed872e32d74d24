import { originOf } from "../operator";
import { readPlannedChanges, readUntouchedSets, type PlannedChange } from "../reports/planned-change";
import { configuredArguments, type PlanJson } from "../terraform-json";
import { listUserPools } from "../user-pool";
import { count, ProtectedUsers, userIdKey, UserIdType } from "../users";

/** The changes of users that need an approval. */
export const CHANGES = ["deletion", "suspension", "reactivation"] as const;

/** A change of users. */
export type Change = (typeof CHANGES)[number];

/**
 * Whom the ids of a change mean, by {@link nameOf}: the key of a system user id. `null`: nobody, because the plan names nobody, or plans name
 * several. `undefined`: the plan cannot say it, as for a `null_resource`.
 */
export type MeantUsers = ReadonlyMap<string, string | null | undefined>;

/** What the approved plans of a run show. */
export interface Approval {
  readonly ids: Readonly<Record<Change, MeantUsers>>;
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

/** The name of an id in {@link MeantUsers}. */
export function nameOf(type: UserIdType, id: string): string {
  return `${type}\0${id}`;
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
  const updates = sets.filter(({ action }) => action === "update");
  const leavers = (fate: "deleted" | "suspended"): MeantUsers =>
    meantUsers(
      updates.flatMap(({ prior, leavers }) =>
        leavers
          .filter((its) => its.fate === fate && !(holdDueDeletions && its.suspendedUntil !== undefined))
          .map(({ id, userId }) => ({ id, userId, ...prior })),
      ),
    );
  const declaring = [
    ...sets.flatMap(({ prior, planned }) => (planned?.usersKnown === false ? [prior, planned] : [planned])),
    ...untouched.map(({ planned }) => planned),
  ];
  const declared = new Map<UserIdType, string[]>();
  for (const set of declaring)
    if (set) declared.set(set.userIdType, [...(declared.get(set.userIdType) ?? []), ...set.users.keys()]);
  return {
    ...(userPool !== undefined && { userPool }),
    ids: {
      deletion: leavers("deleted"),
      suspension: leavers("suspended"),
      // By system user id, which the plan states: the id that left the set may name nobody, or somebody else, by now.
      reactivation: meantUsers(
        updates.flatMap(({ reactivated }) =>
          reactivated.map(({ userId }) => ({ id: userId, userIdType: UserIdType.USER_ID })),
        ),
      ),
    },
    declared: ProtectedUsers.of(declared),
    unknownSets: sets.flatMap(({ address, planned }) => (planned && !planned.usersKnown ? [address] : [])),
    unknownReactivations: sets.flatMap(({ address, planned }) =>
      planned?.usersKnown === true && !planned.reactivationsKnown ? [address] : [],
    ),
  };
}

interface PlannedId extends Partial<
  Pick<NonNullable<PlannedChange["prior"]>, "userIdType" | "resourceType">
> {
  readonly id: string;
  readonly userId?: string | undefined;
}

function meantUsers(planned: readonly PlannedId[]): MeantUsers {
  const meant = new Map<string, string | null | undefined>();
  for (const { id, userId, userIdType = UserIdType.USER_ID, resourceType } of planned) {
    const name = nameOf(userIdType, id);
    const said = userIdType === UserIdType.USER_ID ? id : userId;
    if (said === undefined && resourceType === "null_resource") {
      if (!meant.has(name)) meant.set(name, undefined);
      continue;
    }
    const user = said === undefined ? null : userIdKey(said);
    const other = meant.get(name);
    meant.set(name, other === undefined || other === user ? user : null);
  }
  return meant;
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

/**
 * Refuses plans that are not of this time and this host.
 *
 * @param origin the host for which the guard holds the key
 * @param mostHours how old a plan may be
 * @throws Error that says what to do
 */
export function refuseForeign(plans: readonly PlanJson[], origin: string, mostHours: number): void {
  const hosts = plans.flatMap((plan) => configuredArguments(plan, isOwnProvider, "host").map(originOf));
  const other = hosts.find((host) => host !== origin);
  if (other !== undefined)
    throw new Error(
      `A plan is about ${other}, and the guard holds the key for ${origin}. Nothing was started. Set GENAUTH_HOST to the host of the plan, with its key, or apply the plan of this host.`,
    );
  for (const { timestamp = "" } of plans) {
    const hours = (Date.now() - Date.parse(timestamp)) / 3_600_000;
    if (hours >= -MOST_AHEAD_HOURS && hours <= mostHours) continue;
    const found = Number.isNaN(hours)
      ? "does not say when it was made"
      : hours < 0
        ? `is of a time to come, ${timestamp}`
        : `is ${count(Math.floor(hours), "hour")} old`;
    throw new Error(
      `A plan ${found}, and this guard accepts plans of the last ${count(mostHours, "hour")} (--max-plan-age). Nothing was started. Plan again, and have the new plan approved.`,
    );
  }
}

/** For clocks that differ. */
const MOST_AHEAD_HOURS = 0.25;

/** Under any address: a mirror has one of its own. */
function isOwnProvider(fullName: string): boolean {
  return fullName.endsWith("/genauth");
}
