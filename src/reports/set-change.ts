import { createHash, createHmac } from "node:crypto";
import type { PlanJson, ResourceChangeJson } from "../terraform-json";
import { readUserSet, type UserSetSnapshot } from "./user-set";

/** What a plan does to a user set. */
export interface SetChange {
  /** Such as `module.berlin.genauth_user_set.staff["sales"]`. */
  readonly address: string;
  /**
   * `update`: ids may leave and join, which is also how the replacement of a `null_resource` works. `release`: the set
   * is destroyed or replaced, which deletes nobody.
   */
  readonly action: "none" | "create" | "update" | "release";
  /** As it was before, refreshed; absent for a set that is created. */
  readonly prior?: UserSetSnapshot;
  /** As it is to be; absent for a set that is destroyed. */
  readonly planned?: UserSetSnapshot;
  /** Everyone who leaves, as far as that is known, in the order of the prior state. */
  readonly leavers: readonly Leaver[];
  /** Everyone who joins: id and label. */
  readonly joiners: readonly (readonly [string, string])[];
  /** Whether the plan says of each leaver what happens. A `null_resource` and older versions of the provider do not. */
  readonly removalsStated: boolean;
}

/** An id that leaves a set. */
export interface Leaver {
  readonly id: string;
  /** As it was while it was declared; may be empty. */
  readonly label: string;
  /** What the plan says: `deleted` also where it says nothing, and where the user could not be looked up. */
  readonly fate: "deleted" | "not_deleted";
  /** An id that joins the same set with the same label. */
  readonly otherId?: string;
  /** The last apply was to delete this user and could not. */
  readonly survivor: boolean;
}

/** The user sets of a plan, including those that do not change, in the plan's order. */
export function readSetChanges(plan: PlanJson): SetChange[] {
  return plan.resource_changes.flatMap((resource) => {
    const change = readSetChange(resource);
    return change ? [change] : [];
  });
}

function readSetChange(resource: ResourceChangeJson): SetChange | undefined {
  if (resource.mode !== "managed") return undefined;
  const { before, after, after_unknown, before_sensitive, after_sensitive } = resource.change;
  const prior = before
    ? readUserSet(resource.type, { values: before, sensitive: before_sensitive })
    : undefined;
  const planned = after
    ? readUserSet(resource.type, { values: after, unknown: after_unknown, sensitive: after_sensitive })
    : undefined;
  if (!prior && !planned) return undefined;
  const action = classifyAction(resource, prior, planned);
  const isCompared = action === "update" || action === "none";
  const leavers = isCompared && prior && planned ? findLeavers(prior, planned) : [];
  return {
    address: resource.deposed === undefined ? resource.address : `${resource.address} (deposed)`,
    action,
    ...(prior && { prior }),
    ...(planned && { planned }),
    leavers,
    joiners: planned ? findJoiners(isCompared ? prior : undefined, planned) : [],
    removalsStated: leavers.every(({ id }) => planned?.removals.unknown.has(id) || isKept(id, planned)),
  };
}

function classifyAction(
  { change: { actions }, action_reason }: ResourceChangeJson,
  prior: UserSetSnapshot | undefined,
  planned: UserSetSnapshot | undefined,
): SetChange["action"] {
  if (!planned) return "release";
  if (!prior) return "create";
  switch (actions.join(",")) {
    case "no-op":
      return "none";
    case "update":
      return "update";
    case "delete,create": {
      // The destroy-time provisioner of a null_resource does the removal, but not for a tainted object, and not across
      // id types.
      const provisioned =
        prior.resourceType === "null_resource" && action_reason !== "replace_because_tainted";
      return provisioned && prior.userIdType === planned.userIdType ? "update" : "release";
    }
    default:
      return "release";
  }
}

function findLeavers(prior: UserSetSnapshot, planned: UserSetSnapshot): Leaver[] {
  const survivors = new Set(prior.drift.survivors);
  const joinersByLabel = new Map(findJoiners(prior, planned).map(([id, label]) => [label.trim(), id]));
  const left = planned.usersKnown ? [...prior.users.keys()].filter((id) => !planned.users.has(id)) : [];
  // An unknown element is a deletion, whatever else the plan shows of that id.
  return [...new Set([...left, ...planned.removals.unknown])].map((id) => {
    const label = prior.users.get(id) ?? planned.users.get(id) ?? "";
    const otherId = label.trim() === "" ? undefined : joinersByLabel.get(label.trim());
    return {
      id,
      label,
      fate: isKept(id, planned) ? "not_deleted" : "deleted",
      ...(otherId !== undefined && { otherId }),
      survivor: survivors.has(id),
    };
  });
}

function findJoiners(prior: UserSetSnapshot | undefined, planned: UserSetSnapshot): [string, string][] {
  return [...planned.users].filter(([id]) => !prior?.users.has(id));
}

/** What the provider plans for a leaver whom apply does not delete. Any other text is of an earlier apply. */
const NOT_DELETED = "not deleted";

function isKept(id: string, planned: UserSetSnapshot | undefined): boolean {
  return planned?.removals.known.get(id) === NOT_DELETED;
}

/**
 * Sums up the removals of a plan in one line, so that an approved plan can be compared with the one that is applied. It
 * covers who leaves which set, and of each whether the plan says that they are not deleted; and which sets are released or
 * have unknown users, since both can take people out of sight of a review.
 *
 * @param key makes it a digest that nobody can find by trying likely ids; for places that the ids must not reach
 * @returns such as `sha256:…` or, with a key, `hmac-sha256:…`; the same for the same removals in any order
 */
export function digestRemovals(changes: readonly SetChange[], key?: string): string {
  const lines = changes.flatMap(digestLines).sort();
  const [name, hash] =
    key === undefined ? ["sha256", createHash("sha256")] : ["hmac-sha256", createHmac("sha256", key)];
  return `${name}:${hash.update(JSON.stringify(lines)).digest("hex")}`;
}

function digestLines({ address, action, prior, planned, leavers }: SetChange): string[] {
  const line = (...fields: readonly string[]) => JSON.stringify([address, ...fields]);
  if (!prior) return [];
  if (action === "release") return [line("released")];
  return [
    ...(planned?.usersKnown === false ? [line("users unknown")] : []),
    ...leavers.map(({ id, fate }) => line(prior.userIdType, id, fate)),
  ];
}
