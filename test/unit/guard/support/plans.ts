import type { PoolUser } from "../../../support/emulator";
import { parsePlan, type PlanJson } from "../../../../src/terraform-json";
import { pool } from "./people";

/** What a plan of {@link planOf} shows of one set, by e-mail address where nothing else is said. */
export interface PlannedSet {
  /** Default `email`. A set of system user ids says no more of its leavers. */
  readonly userIdType?: "email" | "user_id";
  readonly deleted?: readonly string[];
  /** Whom the set suspended earlier, and deletes now. */
  readonly due?: readonly string[];
  readonly suspended?: readonly string[];
  /** System user ids of those who are declared again. */
  readonly reactivated?: readonly string[];
  /** The same of those who stay suspended. */
  readonly staying?: readonly string[];
  readonly declared?: readonly string[];
  readonly retained?: readonly string[];
  /** The name of the set's user pool; default none. */
  readonly userPoolName?: string;
  /** Arguments of the provider. */
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly deleteBy?: string;
  /** Default 14 of a set that suspends somebody, else none. */
  readonly suspendDays?: number;
  /** When it was made; default now. */
  readonly timestamp?: string | undefined;
  /** Whom the ids meant for the state; default the pool. */
  readonly users?: readonly PoolUser[];
}

/** A plan of one set, as `terraform show -json` writes it. */
export function planOf({
  userIdType = "email",
  deleted = [],
  due = [],
  suspended = [],
  reactivated = [],
  staying = [],
  declared = [],
  retained = [],
  userPoolName,
  provider = {},
  deleteBy = "declared_id",
  suspendDays = suspended.length === 0 ? 0 : 14,
  timestamp = new Date().toISOString(),
  users: namedUsers = pool,
}: PlannedSet): PlanJson {
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, "x"]));
  const marks = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, true]));
  const meant = (id: string) => namedUsers.find(({ email }) => email === id)?.userId ?? null;
  const set = {
    user_id_type: userIdType,
    user_pool_name: userPoolName ?? null,
    delete_by: deleteBy,
    retained_ids: retained,
    suspend_days: suspendDays,
  };
  const change = {
    address: "genauth_user_set.staff",
    type: "genauth_user_set",
    change: {
      actions: ["update"],
      before: {
        ...set,
        users: users([...deleted, ...suspended, ...declared]),
        suspended: Object.fromEntries(due.map((id) => [id, "2026-01-01"])),
      },
      after: {
        ...set,
        users: users(declared),
        leaver_user_ids: Object.fromEntries(
          userIdType === "email" ? [...deleted, ...due, ...suspended].map((id) => [id, meant(id)]) : [],
        ),
        reactivations: Object.fromEntries(
          [...reactivated, ...staying].map((id) => [
            `former ${id}`,
            { user_id: id, outcome: staying.includes(id) ? "not reactivated" : undefined },
          ]),
        ),
      },
      after_unknown: {
        removals: marks([...deleted, ...due]),
        suspensions: marks(suspended),
        reactivations: Object.fromEntries(reactivated.map((id) => [`former ${id}`, { outcome: true }])),
      },
    },
  };
  const configuration = {
    provider_config: {
      genauth: {
        full_name: "terraform.local/genauth/genauth",
        expressions: Object.fromEntries(
          Object.entries(provider).map(([name, value]) => [name, { constant_value: value }]),
        ),
      },
    },
  };
  return parsePlan(
    JSON.stringify({ format_version: "1.2", timestamp, configuration, resource_changes: [change] }),
  );
}

/** A plan of a `null_resource` that replaces it, and names nobody's system user id. */
export function nullPlanOf(deleted: readonly string[], userIdType = "email"): PlanJson {
  const triggers = (ids: readonly string[]) => ({
    triggers: { user_id_type: userIdType, ...Object.fromEntries(ids.map((id) => [`user:${id}`, "x"])) },
  });
  const change = {
    address: "null_resource.staff",
    type: "null_resource",
    change: {
      actions: ["delete", "create"],
      before: triggers(deleted),
      after: triggers([]),
      after_unknown: {},
    },
  };
  const timestamp = new Date().toISOString();
  return parsePlan(JSON.stringify({ format_version: "1.2", timestamp, resource_changes: [change] }));
}

/** What a plan shows of a set of the state that it leaves out, as with `-target`. */
export function leavingOut(values: Readonly<Record<string, unknown>>): Partial<PlanJson> {
  const set = {
    address: "genauth_user_set.other",
    mode: "managed",
    type: "genauth_user_set",
    values,
  };
  return {
    prior_state: {
      format_version: "1.0",
      values: { root_module: { resources: [set], child_modules: [] } },
    },
  };
}

type PlannedResource = PlanJson["resource_changes"][number];

/** A plan whose objects, or their changes, are others. */
export function planWith(
  plan: PlanJson,
  object: Partial<PlannedResource>,
  change: Partial<PlannedResource["change"]> = {},
): PlanJson {
  return {
    ...plan,
    resource_changes: plan.resource_changes.map((its) => ({
      ...its,
      ...object,
      change: { ...its.change, ...change },
    })),
  };
}
