import * as z from "zod";
import { ID_TYPE_TRIGGER, USER_TRIGGER } from "../payload";
import { isUserIdType, UserIdType } from "../users";

/** The Terraform resource types of a user set. */
export type SetResourceType = "genauth_user_set" | "null_resource";

/** A user set as a state shows it, or one side of a plan. `planned-change.ts` compares two of them. */
export interface SetSnapshot {
  readonly resourceType: SetResourceType;
  readonly userIdType: UserIdType;
  /** The name of the user pool; absent if the set's provider has none. */
  readonly userPoolName?: string;
  /** Id to label; an unknown label is "". */
  readonly users: ReadonlyMap<string, string>;
  /** Whether the users are known; if not, `users` is empty. */
  readonly usersKnown: boolean;
  /** Whether the configuration marks users as sensitive. Reports then hide all of them. */
  readonly sensitive: boolean;
  readonly removals: Removals;
  /** The attribute `suspensions`, which is like `removals`. */
  readonly suspensions: Removals;
  /** Those who are declared again, by the id that left the set: whom a plan may reactivate. */
  readonly reactivations: ReadonlyMap<string, PlannedReactivation>;
  /** Whether the plan says who they are. */
  readonly reactivationsKnown: boolean;
  /** The system user id that the id of a leaver means, where the plan says it. */
  readonly leaverUserIds: ReadonlyMap<string, string>;
  /** For how many days leavers are suspended before they are deleted; 0: they are deleted at once. */
  readonly suspendDays: number;
  /** The users who wait for their deletion: id to the day from which they are deleted. */
  readonly suspended: ReadonlyMap<string, string>;
  /** The result of the provider's last check; a `null_resource` never checks. */
  readonly drift: {
    readonly missing: readonly string[];
    readonly survivors: readonly string[];
    readonly locked_out: readonly string[];
  };
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
}

/**
 * The attribute `removals` of a set, or `suspensions`. In a plan, an unknown element is a user that apply deletes or suspends, as
 * far as is known, and a known element is a user to whom it does not.
 */
export interface Removals {
  /** The ids of elements that are unknown. */
  readonly unknown: ReadonlySet<string>;
  /** Id to known value. */
  readonly known: ReadonlyMap<string, string>;
}

/** What a plan says of a user who is declared again. */
export interface PlannedReactivation {
  /** The system user id. */
  readonly userId: string;
  /** Whether apply reactivates the user, or may. */
  readonly isReactivated: boolean;
}

/** An object's values and, in the same structure, marks for unknown and sensitive ones. */
export interface ObjectValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
}

/**
 * Reads a user set of either resource type.
 *
 * @param type the resource's type
 * @returns undefined if the object is not a user set
 */
export function readSnapshot(type: string, object: ObjectValues): SetSnapshot | undefined {
  if (type === "genauth_user_set") return readProviderSet(object);
  return type === "null_resource" ? readNullResourceSet(object) : undefined;
}

/**
 * Whether an object is a user set. An absent object, before a creation or after a destruction, is none of another kind.
 *
 * @param values the attributes of the object
 */
export function isUserSet(
  type: string,
  values: Readonly<Record<string, unknown>> | null | undefined,
): boolean {
  if (type === "genauth_user_set") return true;
  return type === "null_resource" && (!values || readNullResourceSet({ values }) !== undefined);
}

const texts = z
  .array(z.string().nullable())
  .nullish()
  .transform((list) => (list ?? []).filter((item) => item !== null));

const NO_DRIFT = { missing: [], survivors: [], locked_out: [] };

const Attributes = z.object({
  user_id_type: z.enum(UserIdType).catch(UserIdType.USER_ID),
  user_pool_name: z.string().nullish(),
  max_deletions: z.number().nullish(),
  max_deletions_percent: z.number().nullish(),
  suspend_days: z.number().nullish(),
  drift: z
    .object({ missing: texts, survivors: texts, locked_out: texts })
    .nullish()
    .transform((drift) => drift ?? NO_DRIFT),
});

function readProviderSet({ values, unknown, sensitive }: ObjectValues): SetSnapshot {
  const { user_id_type, user_pool_name, drift, max_deletions, max_deletions_percent, suspend_days } =
    Attributes.parse(values);
  const endings = (name: string): Removals => ({
    unknown: new Set(unknownKeys(memberOf(unknown, name))),
    known: readLabels(memberOf(values, name), undefined),
  });
  const unknownUsers = memberOf(unknown, "users");
  const unknownReactivations = memberOf(unknown, "reactivations");
  return {
    resourceType: "genauth_user_set",
    userIdType: user_id_type,
    ...(typeof user_pool_name === "string" && { userPoolName: user_pool_name }),
    users: readLabels(memberOf(values, "users"), unknownUsers),
    usersKnown: unknownUsers !== true,
    sensitive: isAnyMarked(memberOf(sensitive, "users")),
    removals: endings("removals"),
    suspensions: endings("suspensions"),
    reactivations: readReactivations(memberOf(values, "reactivations"), unknownReactivations),
    reactivationsKnown: unknownReactivations !== true,
    leaverUserIds: new Map(
      entriesOf(memberOf(values, "leaver_user_ids")).flatMap(([id, userId]): [string, string][] =>
        typeof userId === "string" ? [[id, userId]] : [],
      ),
    ),
    suspended: readLabels(memberOf(values, "suspended"), undefined),
    suspendDays: suspend_days ?? 0,
    drift,
    ...(typeof max_deletions === "number" && { maxDeletions: max_deletions }),
    ...(typeof max_deletions_percent === "number" && { maxDeletionsPercent: max_deletions_percent }),
  };
}

function readReactivations(known: unknown, unknown: unknown): SetSnapshot["reactivations"] {
  return new Map(
    entriesOf(known).flatMap(([id, element]): [string, PlannedReactivation][] => {
      const userId = memberOf(element, "user_id");
      const isReactivated = memberOf(memberOf(unknown, id), "outcome") === true;
      return typeof userId === "string" ? [[id, { userId, isReactivated }]] : [];
    }),
  );
}

const NO_REMOVALS: Removals = { unknown: new Set(), known: new Map() };

/** A `null_resource` is a user set if its triggers contain an id type. Each user is a trigger `user:<id>`. */
function readNullResourceSet({ values, unknown, sensitive }: ObjectValues): SetSnapshot | undefined {
  const triggers = memberOf(values, "triggers");
  const type = memberOf(triggers, ID_TYPE_TRIGGER);
  if (typeof type !== "string" || !isUserIdType(type)) return undefined;
  const unknownTriggers = memberOf(unknown, "triggers");
  const users = [...readLabels(triggers, unknownTriggers)].flatMap(([key, label]): [string, string][] =>
    key.startsWith(USER_TRIGGER) ? [[key.slice(USER_TRIGGER.length), label]] : [],
  );
  return {
    resourceType: "null_resource",
    userIdType: type,
    users: new Map(users),
    usersKnown: unknownTriggers !== true,
    sensitive: isAnyMarked(memberOf(sensitive, "triggers")),
    removals: NO_REMOVALS,
    suspensions: NO_REMOVALS,
    reactivations: new Map(),
    reactivationsKnown: true,
    leaverUserIds: new Map(),
    suspended: new Map(),
    suspendDays: 0,
    drift: NO_DRIFT,
  };
}

/** Terraform omits an unknown element and its key from a map. The key is in the marks for unknown values. */
function readLabels(known: unknown, unknown: unknown): Map<string, string> {
  const labels = new Map(unknownKeys(unknown).map((id): [string, string] => [id, ""]));
  for (const [id, label] of entriesOf(known)) labels.set(id, typeof label === "string" ? label : "");
  return labels;
}

function unknownKeys(unknown: unknown): string[] {
  return entriesOf(unknown).flatMap(([key, isUnknown]) => (isUnknown === true ? [key] : []));
}

/** Whether a value or a part of it is marked as sensitive or unknown: Terraform puts `true` in its place, at any depth. */
export function isAnyMarked(marks: unknown): boolean {
  return marks === true || entriesOf(marks).some(([, mark]) => isAnyMarked(mark));
}

function memberOf(value: unknown, name: string): unknown {
  return entriesOf(value).find(([key]) => key === name)?.[1];
}

/** Keys are data. One may be `__proto__`, so objects are only read entry by entry. */
function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
