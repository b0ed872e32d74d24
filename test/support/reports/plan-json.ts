import { parsePlan, type PlanJson } from "../../../src/terraform-json";

/** A plan of changes, as it is read. */
export function planOf(changes: readonly object[], more: object = {}): PlanJson {
  return parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: changes, ...more }));
}

/** How the users of a set change, and what the plan knows of it. */
export interface SetChange {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  /** Unknown in `removals`. */
  readonly deleted?: readonly string[];
  /** Known in it. */
  readonly notDeleted?: readonly string[];
  /** Texts of an earlier apply in it. */
  readonly earlier?: Readonly<Record<string, string>>;
  readonly missing?: readonly string[];
  readonly survivors?: readonly string[];
}

/** A change of a set of user names. @param more other attributes of the set */
export function setChange(
  name: string,
  { before, after, deleted = [], notDeleted = [], earlier = {}, missing = [], survivors = [] }: SetChange,
  more: object = {},
) {
  const attributes = { user_id_type: "username", drift: { missing, survivors }, ...more };
  const removals = { ...earlier, ...Object.fromEntries(notDeleted.map((id) => [id, "not deleted"])) };
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

/** A change of the set `staff` of ada and bo, which stay, with other attributes before and after it. */
export function attributeChange(before: object, after: object, after_unknown: object = {}) {
  const users = { ada: "Ada Aydin", bo: "Bo Brandt" };
  const { change, ...set } = setChange("staff", { before: users, after: users });
  return {
    ...set,
    change: {
      ...change,
      before: { ...change.before, ...before },
      after: { ...change.after, ...after },
      after_unknown: { ...change.after_unknown, ...after_unknown },
    },
  };
}

/** A change of a set of three users. */
export interface SetPlan extends Omit<SetChange, "before" | "after"> {
  readonly stay: readonly string[];
}

/** A plan in the form of `terraform show -json` that changes the set `staff` of ada, bo and chidi. */
export function planJson({ stay, ...change }: SetPlan, more: object = {}): string {
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, `Label of ${id}`]));
  const set = setChange("staff", { before: users(["ada", "bo", "chidi"]), after: users(stay), ...change });
  return JSON.stringify({ format_version: "1.2", resource_changes: [set], ...more });
}
