import type { OperatorLimits } from "../operator";
import {
  readPlanned,
  readPlannedChanges,
  readUntouchedSets,
  type PlannedChange,
  type PlannedLeaver,
} from "../reports/planned-change";
import { configuredList, type PlanJson } from "../terraform-json";
import { groupBy } from "../lists";
import { printable } from "../text";
import { listUserPools } from "../user-pool";
import {
  count,
  DeleteBy,
  ProtectedUsers,
  USER_ID_TYPES,
  userIdKey,
  UserIdType,
  type UserLookUps,
} from "../users";

/** The changes of users that need an approval. */
export const CHANGES = ["deletion", "suspension", "reactivation"] as const;

/** A change of users. */
export type Change = (typeof CHANGES)[number];

/** Something for each change. */
export function byChange<T>(make: (change: Change) => T): Readonly<Record<Change, T>> {
  return {
    deletion: make("deletion"),
    suspension: make("suspension"),
    reactivation: make("reactivation"),
  };
}

/**
 * The people that the ids of a change mean, by {@link nameOf}: a system user id, as GenAuth spells it.
 * `null`: nobody, because the plan names nobody, or plans name several.
 */
export type MeantUsers = ReadonlyMap<string, string | null>;

/** What the approved plans of a run show. The rows in brackets are those of docs/guides/trust.md. */
export interface Approval {
  readonly ids: Readonly<Record<Change, MeantUsers>>;
  /** The people of each change, by their system user ids. */
  readonly people: Readonly<Record<Change, ReadonlySet<string | null>>>;
  /**
   * The people that the plans keep (A4):
   *
   * - all that a set of any plan declares or retains after its change, in any spelling, also a set that the
   *   plan leaves out;
   * - all that a set declared before its change, if the plan does not know its users or is not applied;
   * - those who are declared again, by system user id, because the declared ids may name nobody by now;
   * - those that a provider protects, as far as a plan shows it.
   */
  readonly declared: ProtectedUsers;
  /**
   * The people that the plans delete because the day of the deletion has come, by their system user ids. They
   * must still be suspended (P10).
   */
  readonly due: ReadonlySet<string | null | undefined>;
  /** What the plans do not know, and therefore do not approve; a sentence for each set. */
  readonly unknown: readonly string[];
}

/** Of a guard without plans. */
export const APPROVES_NOTHING: Approval = {
  ids: byChange(() => new Map()),
  people: byChange(() => new Set()),
  declared: ProtectedUsers.of(),
  due: new Set(),
  unknown: [],
};

/**
 * The person that the plans mean by an id of a change (A2, A3), as a call writes it: another spelling may be
 * somebody else.
 *
 * @returns the system user id; `undefined` if no plan shows this change of this id, or of the person whose
 *   system user id it is
 */
export function meantBy(
  { ids, people }: Approval,
  change: Change,
  type: UserIdType,
  id: string,
): string | undefined {
  if (type === UserIdType.USER_ID) return people[change].has(id) ? id : undefined;
  return ids[change].get(nameOf(type, id)) ?? undefined;
}

/** The name of an id in {@link MeantUsers}. */
function nameOf(type: UserIdType, id: string): string {
  return `${type}\0${id}`;
}

/**
 * Reads what plans show, by the same reading as their reports.
 *
 * @param lookUps find the people that the ids of a `null_resource` name now: its plan does not say it, so
 *   that counts from now on
 * @param limits the operator's (P15): they leave out deletions that are due, and those at once of sets that
 *   suspend for too few days
 * @param protecting plans that are not applied: they approve nothing, and everybody that one of them
 *   declares, before or after, keeps the account
 * @throws Error if a plan failed, if the plans are about several user pools, or if a look-up fails
 */
export async function readApproval(
  plans: readonly PlanJson[],
  lookUps: UserLookUps,
  { holdDueDeletions = false, minSuspendDays = 0 }: Partial<OperatorLimits> = {},
  protecting: readonly PlanJson[] = [],
): Promise<Approval> {
  if (plans.some(({ errored }) => errored))
    throw new Error("A plan failed, so it approves nothing. Plan again.");
  const sets = plans.flatMap(readPlannedChanges);
  const untouched = plans.flatMap(readUntouchedSets);
  refuseSeveralPools([...sets, ...untouched]);
  const updates = sets.filter(isUpdate);
  // A `null_resource` deletes all who leave, unless its id type changes.
  const unclear = updates.find(({ leavers, planned }) =>
    planned.resourceType === "null_resource"
      ? !planned.userIdTypeKnown
      : leavers.some(({ id }) => !planned.fates.has(id)),
  );
  if (unclear)
    throw new Error(
      `The plan does not say what becomes of everybody who leaves ${unclear.address}. Nothing was started. Plan again, and give the plan as the engine shows it.`,
    );
  const meaningsOf = (isMeant: (its: PlannedLeaver, set: Update) => boolean): Meaning[] =>
    updates.flatMap((set) =>
      set.leavers.filter((its) => isMeant(its, set)).map((its) => meaningOf(its, set)),
    );
  const isDue = ({ suspendedUntil }: PlannedLeaver): boolean => suspendedUntil !== undefined;
  const isHeld = (its: PlannedLeaver, { planned }: Update): boolean =>
    isDue(its) ? holdDueDeletions : planned.suspendDays < minSuspendDays;
  const kept = protecting.flatMap(readPlannedChanges);
  const declaring = [
    ...sets.flatMap(({ prior, planned }) => (planned?.usersKnown === false ? [prior, planned] : [planned])),
    ...kept.flatMap(({ prior, planned }) => [prior, planned]),
    ...[...untouched, ...protecting.flatMap(readUntouchedSets)].map(({ planned }) => planned),
  ].filter((set) => set !== undefined);
  const returning = updates.flatMap(({ planned }) => planned.returning);
  const reactivated = returning.filter(({ mayReturn }) => mayReturn);
  const returningElsewhere = kept.flatMap(({ planned }) => planned?.returning ?? []);
  const declaredBy = (type: UserIdType): readonly string[] => [
    ...declaring
      .filter(({ userIdType, userIdTypeKnown }) => userIdType === type || !userIdTypeKnown)
      .flatMap(({ users, retained }) => [...users.keys(), ...retained]),
    ...(type === UserIdType.USER_ID ? [...returning, ...returningElsewhere].map(({ userId }) => userId) : []),
    ...[...plans, ...protecting].flatMap((plan) => configuredList(plan, "protected_users", type)),
  ];
  const deleted = meaningsOf((its, set) => its.fate === "deleted" && !isHeld(its, set));
  const ids = {
    deletion: meantUsers([...deleted, ...(await lookUpUnsaid(deleted, lookUps))]),
    suspension: meantUsers(meaningsOf(({ fate }) => fate === "suspended")),
    // By system user id, which the plan states: the id that left the set may name nobody, or somebody else,
    // by now.
    reactivation: meantUsers(
      reactivated.map(({ userId: id }) => ({ type: UserIdType.USER_ID, id, user: id })),
    ),
  };
  return {
    ids,
    people: byChange((change) => new Set(ids[change].values())),
    declared: ProtectedUsers.of(new Map(USER_ID_TYPES.map((type) => [type, declaredBy(type)]))),
    due: new Set(meaningsOf(isDue).map(({ user }) => user)),
    unknown: sets.flatMap(({ address, planned }) => {
      if (planned?.usersKnown === false)
        return `The users of ${address} are not known in the plan, so nobody of that set is approved.`;
      return planned?.reactivationsKnown === false
        ? `The plan does not know yet which users ${address} reactivates, so no reactivation of that set is approved.`
        : [];
    }),
  };
}

/** The update of a set, which is there before and after it. */
type Update = PlannedChange & Required<Pick<PlannedChange, "prior" | "planned">>;

function isUpdate(set: PlannedChange): set is Update {
  return set.action === "update";
}

/**
 * The person that a plan means by an id. `null`: nobody. `undefined`: the plan cannot say it, as for a
 * `null_resource`.
 */
interface Meaning {
  readonly type: UserIdType;
  readonly id: string;
  readonly user: string | null | undefined;
}

/** With `delete_by = "user_id"`, no call names the user by the id that leaves. */
function meaningOf({ id, userId }: PlannedLeaver, { prior, planned }: Update): Meaning {
  const type = prior.userIdType;
  // A configuration may write a system user id in upper case. Look-ups and calls do not.
  const said = type === UserIdType.USER_ID ? userIdKey(id) : userId;
  if (said !== undefined && planned.deleteBy === DeleteBy.USER_ID)
    return { type: UserIdType.USER_ID, id: said, user: said };
  const unsaid = prior.resourceType === "null_resource" ? undefined : null;
  return { type, id, user: said ?? unsaid };
}

/** Where several plans name an id, they must mean the same person (A3). */
function meantUsers(meanings: readonly Meaning[]): MeantUsers {
  const meant = new Map<string, string | null>();
  for (const { type, id, user } of meanings) {
    const name = nameOf(type, id);
    const other = meant.get(name);
    if (user !== undefined) meant.set(name, other === undefined || other === user ? user : null);
  }
  return meant;
}

/**
 * Looks up the people of those ids of which no plan says it (N9).
 *
 * @throws Error if a look-up fails
 */
async function lookUpUnsaid(meanings: readonly Meaning[], lookUps: UserLookUps): Promise<Meaning[]> {
  const said = meantUsers(meanings);
  const unsaid = meanings.filter(({ type, id }) => !said.has(nameOf(type, id)));
  const found: Meaning[] = [];
  for (const [type, those] of groupBy(unsaid, (its) => its.type)) {
    const ids = those.map(({ id }) => id);
    for (const [id, resolution] of await lookUps.resolve(ids, type)) {
      if (resolution.kind === "undecided")
        throw new Error(
          `It is not known which users the ids of a null_resource name. Nothing was started. ${resolution.failure.message}`,
        );
      found.push({ type, id, user: resolution.kind === "found" ? resolution.userId : null });
    }
  }
  return found;
}

/**
 * A guard holds the key of one pool. Its look-ups would take the people of another for people of this one
 * (P2).
 *
 * @throws Error that says what to do, if the sets name several pools
 */
function refuseSeveralPools(sets: readonly Pick<PlannedChange, "planned" | "prior">[]): void {
  const pools = listUserPools(sets.map(({ prior, planned }) => planned ?? prior ?? {}));
  if (pools.length < 2) return;
  throw new Error(
    `The plans are about ${pools.length} user pools: ${pools.join(", ")}. A guard holds the key of one pool. Nothing was started. Declare each pool in a stack of its own, and apply the plan of each under a guard with its key.`,
  );
}

/** What a plan may name as its own: the host, and the tenant, which is empty if there is none. */
type Place = Readonly<Record<"host" | "tenant_id", string>>;

/**
 * Refuses plans that are not of this time (P14) and this place (P2).
 *
 * @param own where the guard's key acts
 * @param mostHours how old a plan may be
 * @param now in milliseconds since 1970
 * @returns until when they are of this time, in milliseconds since 1970
 * @throws Error that says what to do
 */
export function refuseForeign(
  plans: readonly PlanJson[],
  own: Place,
  mostHours: number,
  now: number,
): number {
  const findOther = (name: keyof Place) =>
    plans.flatMap((plan) => readPlanned(name, plan)).find((its) => its !== own[name]);
  const host = findOther("host");
  if (host !== undefined)
    throw new Error(
      `A plan is about ${host}, and the guard holds the key for ${own.host}. Nothing was started. Set GENAUTH_HOST to the host of the plan, with its key, or apply the plan of this host.`,
    );
  const tenant = findOther("tenant_id");
  const nameTenant = (id: string) => (id === "" ? "no tenant" : `the tenant ${printable(id)}`);
  if (tenant !== undefined)
    throw new Error(
      `A plan is about ${nameTenant(tenant)}, and the guard acts in ${nameTenant(own.tenant_id)}. Nothing was started. Set GENAUTH_TENANT_ID to the tenant of the plan, with its key, or apply the plan of this tenant.`,
    );
  const most = mostHours * HOUR_MS;
  const times = plans.map(({ timestamp = "" }) => Date.parse(timestamp));
  for (const made of times) {
    const age = now - made;
    if (age >= -MOST_AHEAD_MS && age <= most) continue;
    const when = Number.isNaN(made) ? "an unknown time" : new Date(made).toISOString();
    throw new Error(
      `A plan is of ${when}, and this guard accepts plans of the last ${count(mostHours, "hour")} (--max-plan-age). Nothing was started. Plan again, and have the new plan approved.`,
    );
  }
  return Math.min(...times) + most;
}

const HOUR_MS = 3_600_000;

/** For clocks that differ. */
const MOST_AHEAD_MS = HOUR_MS / 4;
