import { isDeepStrictEqual } from "node:util";
import { originOf } from "../operator";
import { configuredTexts, type PlanJson, priorObjects, type ResourceChangeJson } from "../terraform-json";
import { isAnyMarked, type PlannedFate, readSnapshot, readStateSets, type SetSnapshot } from "./set-snapshot";

/** What a plan changes in a set, read from the plan file alone. `reported-set.ts` adds what messages say. */
export interface PlannedChange {
  /** Such as `module.berlin.genauth_user_set.staff["sales"]`. */
  readonly address: string;
  /**
   * `update`: ids may leave and join; the replacement of a `null_resource` is one too. `release`: the set is
   * destroyed or replaced, which deletes nobody. `refused`: the plan failed at this set, so only the messages
   * say who would leave.
   */
  readonly action: "none" | "create" | "update" | "release" | "refused";
  /** The refreshed set before the change; absent for a new set. */
  readonly prior?: SetSnapshot | undefined;
  /** The set after the change; absent for a destroyed set. */
  readonly planned?: SetSnapshot | undefined;
  /** Users who leave, as far as known, in the order of the prior state. */
  readonly leavers: readonly PlannedLeaver[];
  /**
   * How many more users a refused set would delete and suspend. Its message counts them without their names.
   * Default none.
   */
  readonly unnamed?: Readonly<Record<"deleted" | "suspended", number>>;
  /** Users who join: id and label. */
  readonly joiners: readonly (readonly [string, string])[];
  /** Users who are declared again, and who are, or may be, reactivated by the apply. */
  readonly reactivated: readonly ReactivatedUser[];
  /** Ids that stay, and mean another account from this apply on. */
  readonly rebound: readonly ReboundId[];
  /** Users who stay under another label. */
  readonly relabelled: readonly RelabelledUser[];
  /** The attributes that differ after an update, or may differ. */
  readonly changed: readonly string[];
  /**
   * Whether some of the users who wait for their deletion may not wait any more: deleted, reactivated or
   * released.
   */
  readonly endsWaiting: boolean;
}

/** An id that leaves a set. */
export interface PlannedLeaver {
  readonly id: string;
  /**
   * The last declared label; may be empty. Absent for a user who waited, whose label only the plan's message
   * holds.
   */
  readonly label?: string | undefined;
  /**
   * The plan's decision; `deleted` also if there is none, as of a `null_resource`, and each also if the user
   * could not be looked up.
   */
  readonly fate: PlannedFate;
  /** An id that joins the same set with the same label. */
  readonly otherId?: string | undefined;
  /** The last apply could not delete this user. */
  readonly survivor: boolean;
  /** The system user id that the id means, where the plan says it. */
  readonly userId?: string | undefined;
  /** For a deletion that is due: the day until which the user has been suspended. */
  readonly suspendedUntil?: string | undefined;
}

/** Somebody who gets the status back, by the id that left the set. */
interface ReactivatedUser {
  readonly id: string;
  /** Empty if another id or another set declares the user. */
  readonly label: string;
  readonly userId: string;
}

/** An id that stays, and means another account. */
interface ReboundId {
  readonly id: string;
  readonly label: string;
  readonly formerUserId: string;
  readonly userId: string;
}

/** Somebody who stays under another label. */
interface RelabelledUser {
  readonly id: string;
  readonly label: string;
  readonly formerLabel: string;
}

/** Reads the user sets of a plan, including unchanged ones, in the plan's order. */
export function readPlannedChanges(plan: PlanJson): PlannedChange[] {
  return plan.resource_changes.flatMap((resource) => readPlannedChange(resource) ?? []);
}

/**
 * The sets of the state that a plan leaves out, such as with `-target`. They go on to declare their users.
 */
export function readUntouchedSets(plan: PlanJson): Pick<PlannedChange, "address" | "planned">[] {
  const touched = new Set(plan.resource_changes.map(({ address }) => address));
  return readStateSets(priorObjects(plan))
    .filter(({ address }) => !touched.has(address))
    .map(({ address, set }) => ({ address, planned: set }));
}

/**
 * The hosts or tenants that a plan's configurations of this provider name, as far as they are known, each
 * once.
 */
export function readPlanned(argument: "host" | "tenant_id", plan: PlanJson): string[] {
  const values = configuredTexts(plan, argument);
  return [...new Set(argument === "host" ? values.map(originOf) : values)];
}

function readPlannedChange(resource: ResourceChangeJson): PlannedChange | undefined {
  if (resource.mode !== "managed") return undefined;
  const { before, after, after_unknown, before_sensitive, after_sensitive } = resource.change;
  const own = { values: after, unknown: after_unknown, sensitive: after_sensitive };
  const prior = readSnapshot(resource.type, { values: before, sensitive: before_sensitive });
  const planned = readSnapshot(resource.type, own, prior);
  if (!prior && !planned) return undefined;
  const action = classifyAction(resource, prior, planned);
  const isCompared = action === "update" || action === "none";
  const compared = isCompared && prior && planned ? { prior, planned } : undefined;
  return {
    address: resource.deposed === undefined ? resource.address : `${resource.address} (deposed)`,
    action,
    prior,
    planned,
    leavers: compared ? findLeavers(compared) : [],
    joiners: planned ? findJoiners(planned, compared?.prior) : [],
    reactivated: compared ? findReactivated(compared) : [],
    // Of a set that does not change, these are of the last apply.
    rebound: compared && action === "update" ? findRebound(compared) : [],
    relabelled: compared ? findRelabelled(compared) : [],
    changed: compared ? findChanged(resource.change) : [],
    endsWaiting: prior !== undefined && [...prior.suspended.keys()].some((id) => !planned?.suspended.has(id)),
  };
}

/** The names of the attributes that differ between two objects, or are not known in the second one. */
function findChanged({ before, after, after_unknown }: ResourceChangeJson["change"]): string[] {
  const was = new Map(Object.entries(before ?? {}));
  const is = new Map(Object.entries(after ?? {}));
  const unknown = new Map(Object.entries(after_unknown ?? {}));
  const names = new Set([...was.keys(), ...is.keys(), ...unknown.keys()]);
  return [...names].filter(
    (name) => isAnyMarked(unknown.get(name)) || !isDeepStrictEqual(was.get(name), is.get(name)),
  );
}

function classifyAction(
  { change: { actions }, action_reason }: ResourceChangeJson,
  prior: SetSnapshot | undefined,
  planned: SetSnapshot | undefined,
): PlannedChange["action"] {
  if (!planned) return "release";
  if (!prior) return "create";
  const text = actions.join(",");
  if (text === "no-op") return "none";
  if (text === "update") return "update";
  // The destroy-time provisioner of a null_resource removes users, but not for a tainted object or across id
  // types.
  const isProvisioned = text === "delete,create" && prior.resourceType === "null_resource";
  const isSame = action_reason !== "replace_because_tainted" && prior.userIdType === planned.userIdType;
  return isProvisioned && isSame ? "update" : "release";
}

/** A set before and after a change that keeps it. */
interface Compared {
  readonly prior: SetSnapshot;
  readonly planned: SetSnapshot;
}

function findLeavers({ prior, planned }: Compared): PlannedLeaver[] {
  const survivors = new Set(prior.drift.survivors);
  const joinersByLabel = new Map(findJoiners(planned, prior).map(([id, label]) => [label.trim(), id]));
  const left = planned.usersKnown ? [...prior.users.keys()].filter((id) => !planned.users.has(id)) : [];
  const deleted = [...planned.fates.keys()].filter((id) => planned.fates.get(id) === "deleted");
  return [...new Set([...left, ...deleted])].map((id) => {
    const label = prior.users.get(id) ?? planned.users.get(id);
    const fate = planned.fates.get(id) ?? "deleted";
    return {
      id,
      label,
      fate,
      otherId: label?.trim() ? joinersByLabel.get(label.trim()) : undefined,
      survivor: survivors.has(id),
      userId: planned.leaverUserIds.get(id),
      suspendedUntil: fate === "deleted" && !prior.users.has(id) ? prior.suspended.get(id) : undefined,
    };
  });
}

function findJoiners(planned: SetSnapshot, prior: SetSnapshot | undefined): [string, string][] {
  return [...planned.users].filter(([id]) => !prior?.users.has(id));
}

/** The users that a set suspended, or may have, and who get the status back. */
function findReactivated({ planned: { returning, users } }: Compared): ReactivatedUser[] {
  const reactivated = returning.filter(({ mayReturn }) => mayReturn);
  return reactivated.map(({ id, userId }) => ({ id, label: users.get(id) ?? "", userId }));
}

function findRebound({ planned: { rebindings, users } }: Compared): ReboundId[] {
  return rebindings.map((one) => ({ ...one, label: users.get(one.id) ?? "" }));
}

function findRelabelled({ prior, planned }: Compared): RelabelledUser[] {
  return [...planned.users].flatMap(([id, label]) => {
    const formerLabel = prior.users.get(id);
    return formerLabel === undefined || formerLabel === label ? [] : [{ id, label, formerLabel }];
  });
}
