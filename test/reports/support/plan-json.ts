/** The `removals` of a planned set, as `terraform show -json` splits it: known texts in `after`, the rest unknown. */
export interface PlannedRemovals {
  readonly deleted?: readonly string[];
  readonly notDeleted?: readonly string[];
  /** Texts that an earlier apply left. */
  readonly earlier?: Readonly<Record<string, string>>;
}

/** A set of three users, of whom some stay. */
export interface SetPlan {
  readonly stay: readonly string[];
  /** `"unknown"` as a whole; absent: planned by a version of the provider that has no such attribute. */
  readonly removals?: PlannedRemovals | "unknown";
  readonly missing?: readonly string[];
  readonly survivors?: readonly string[];
}

/** A plan as `terraform show -json` prints it: users leave the set `staff` of ada, bo and chidi, and join it. */
export function planJson(
  { stay, removals, missing = [], survivors = [] }: SetPlan,
  more: object = {},
): string {
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, `Label of ${id}`]));
  const before = {
    user_id_type: "username",
    users: users(["ada", "bo", "chidi"]),
    drift: { missing, survivors },
    ...(removals !== undefined && { removals: null }),
  };
  const { deleted = [], notDeleted = [], earlier = {} } = removals === "unknown" ? {} : (removals ?? {});
  const known = { ...earlier, ...Object.fromEntries(notDeleted.map((id) => [id, "not deleted"])) };
  const unknown = removals === "unknown" ? true : Object.fromEntries(deleted.map((id) => [id, true]));
  const after = { ...before, users: users(stay), ...(removals !== undefined && { removals: known }) };
  const change = {
    actions: ["update"],
    before,
    after,
    after_unknown: { drift: true, ...(removals !== undefined && { removals: unknown }) },
  };
  const set = { address: "genauth_user_set.staff", mode: "managed", type: "genauth_user_set", change };
  return JSON.stringify({ format_version: "1.2", resource_changes: [set], ...more });
}
