import { parsePlan, type PlanJson } from "../../../src/terraform-json";

/** A plan of changes, as it is read. */
export function planOf(changes: readonly object[], more: object = {}): PlanJson {
  return parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: changes, ...more }));
}

/** How the users of a set change, and what the plan knows of it. */
export interface SetChange {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly deleted?: readonly string[];
  readonly notDeleted?: readonly string[];
  readonly missing?: readonly string[];
}

/** A change of a set of user names. @param more other attributes of the set */
export function setChange(
  name: string,
  { before, after, deleted = [], notDeleted = [], missing = [] }: SetChange,
  more: object = {},
) {
  const attributes = { user_id_type: "username", drift: { missing, survivors: [] }, ...more };
  const removals = Object.fromEntries(notDeleted.map((id) => [id, "not deleted"]));
  return {
    address: `genauth_user_set.${name}`,
    mode: "managed",
    type: "genauth_user_set",
    change: {
      actions: ["update"],
      before: { ...attributes, users: before, removals: null },
      after: { ...attributes, users: after, removals },
      after_unknown: { removals: Object.fromEntries(deleted.map((id) => [id, true])) },
    },
  };
}

/** The `removals` of a planned set in `terraform show -json`: known texts in `after`, the rest unknown. */
export interface PlannedRemovals {
  readonly deleted?: readonly string[];
  readonly notDeleted?: readonly string[];
  /** Texts of an earlier apply. */
  readonly earlier?: Readonly<Record<string, string>>;
}

/** A change of a set of three users. */
export interface SetPlan {
  readonly stay: readonly string[];
  /** Absent: the plan has no such attribute. */
  readonly removals?: PlannedRemovals;
  readonly missing?: readonly string[];
  readonly survivors?: readonly string[];
  /** Who waits for the deletion before the change, with the day. */
  readonly suspended?: Readonly<Record<string, string>>;
}

/** A plan in the form of `terraform show -json` that changes the set `staff` of ada, bo and chidi. */
export function planJson(
  { stay, removals, missing = [], survivors = [], suspended }: SetPlan,
  more: object = {},
): string {
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, `Label of ${id}`]));
  const before = {
    user_id_type: "username",
    users: users(["ada", "bo", "chidi"]),
    drift: { missing, survivors },
    ...(removals !== undefined && { removals: null }),
    ...(suspended && { suspended }),
  };
  const { deleted = [], notDeleted = [], earlier = {} } = removals ?? {};
  const known = { ...earlier, ...Object.fromEntries(notDeleted.map((id) => [id, "not deleted"])) };
  const unknown = Object.fromEntries(deleted.map((id) => [id, true]));
  const after = {
    ...before,
    users: users(stay),
    ...(removals !== undefined && { removals: known }),
    ...(suspended && { suspended: undefined }),
  };
  const change = {
    actions: ["update"],
    before,
    after,
    after_unknown: {
      drift: true,
      ...(removals !== undefined && { removals: unknown }),
      ...(suspended && { suspended: true }),
    },
  };
  const set = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set", change };
  return JSON.stringify({ format_version: "1.2", resource_changes: [set], ...more });
}
