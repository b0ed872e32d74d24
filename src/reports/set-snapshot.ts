import * as z from "zod";
import { ID_TYPE_TRIGGER, USER_TRIGGER } from "../payload";
import type { StateResourceJson } from "../terraform-json";
import { isUserIdType, NOT_DONE, UserIdType } from "../users";

/** The Terraform resource types of a user set. */
type SetResourceType = "genauth_user_set" | "null_resource";

/** A user set as a state shows it, or one side of a plan. `planned-change.ts` compares two of them. */
export interface SetSnapshot {
  readonly resourceType: SetResourceType;
  readonly userIdType: UserIdType;
  /** Whether the type is known; if not, `userIdType` is `user_id`. */
  readonly userIdTypeKnown: boolean;
  /** The name of the user pool; absent if the set's provider has none. */
  readonly userPoolName: string | undefined;
  /** Id to label; an unknown label is "". */
  readonly users: ReadonlyMap<string, string>;
  /** Whether the users are known; if not, `users` is empty. */
  readonly usersKnown: boolean;
  /** Whether the configuration marks users as sensitive. Reports then hide all of them. */
  readonly sensitive: boolean;
  /** What a plan states about the ids that leave, in `removals` and `suspensions`. */
  readonly fates: ReadonlyMap<string, PlannedFate>;
  /** Those who are declared again. */
  readonly returning: readonly ReturningUser[];
  /** Whether the plan says who they are. */
  readonly reactivationsKnown: boolean;
  /**
   * The declared ids that mean another user than before: from the plan's apply on, the set is bound to that
   * one.
   */
  readonly rebindings: readonly Rebinding[];
  /** The system user id that the id of a leaver means, where the plan says it. */
  readonly leaverUserIds: ReadonlyMap<string, string>;
  /** The users who wait for their deletion: id to the day from which they are deleted. */
  readonly suspended: ReadonlyMap<string, string>;
  /** For how many days leavers are suspended before they are deleted; 0: they are deleted at once. */
  readonly suspendDays: number;
  /** Which ids a deletion sends; absent if that is not known. */
  readonly deleteBy: string | undefined;
  /** The ids of `retained_ids`, as far as they are known. */
  readonly retained: readonly string[];
  /** The result of the provider's last check; a `null_resource` never checks. */
  readonly drift: Readonly<Record<"missing" | "survivors" | "locked_out", readonly string[]>>;
  /** The attributes whose values are not known. */
  readonly unknown: ReadonlySet<string>;
  readonly maxDeletions: number | undefined;
  readonly maxDeletionsPercent: number | undefined;
}

/** Somebody who is declared again, by the id that left the set. */
interface ReturningUser {
  readonly id: string;
  readonly userId: string;
  /** Whether a plan reactivates the user, or may. */
  readonly mayReturn: boolean;
}

/** A declared id that means another user than before. */
interface Rebinding {
  readonly id: string;
  readonly formerUserId: string;
  readonly userId: string;
}

/**
 * What a plan does to a user who leaves. `suspended`: that happens now, and a later plan deletes the user.
 */
export type PlannedFate = "deleted" | "suspended" | "not_deleted";

/** An object's values and, in the same structure, marks for unknown and sensitive ones. */
export interface ObjectValues {
  /** Absent or null before a creation and after a destruction. */
  readonly values?: Readonly<Record<string, unknown>> | null | undefined;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
}

/**
 * Reads a user set of either resource type.
 *
 * @param type the resource's type
 * @param prior the set before the change that leads to the object
 * @returns undefined if the object is not a user set
 */
export function readSnapshot(
  type: string,
  object: ObjectValues,
  prior?: SetSnapshot,
): SetSnapshot | undefined {
  if (!object.values) return undefined;
  if (type === "genauth_user_set") return readProviderSet(object, type);
  if (type !== "null_resource") return undefined;
  const isOpen = memberOf(object.unknown, "triggers") === true;
  return isOpen && prior ? { ...prior, users: new Map(), usersKnown: false } : readNullResourceSet(object);
}

/** The user sets among the objects of a state, each with its address. */
export function readStateSets(objects: readonly StateResourceJson[]): readonly AddressedSet[] {
  return objects.flatMap(({ address, mode, type, values, sensitive_values, deposed_key }) => {
    if (mode !== "managed" || deposed_key !== undefined) return [];
    const set = readSnapshot(type, { values, sensitive: sensitive_values });
    return set ? [{ address, set }] : [];
  });
}

export interface AddressedSet {
  readonly address: string;
  readonly set: SetSnapshot;
}

/**
 * Whether an object is a user set. An absent object, before a creation or after a destruction, is none of
 * another kind.
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

/** An attribute without a value is null. */
const optional = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

const NO_DRIFT = { missing: [], survivors: [], locked_out: [] };

const Attributes = z.object({
  user_id_type: z.enum(UserIdType).catch(UserIdType.USER_ID),
  user_pool_name: optional(z.string()),
  max_deletions: optional(z.number()),
  max_deletions_percent: optional(z.number()),
  suspend_days: optional(z.number()),
  delete_by: optional(z.string()),
  retained_ids: texts,
  drift: z
    .object({ missing: texts, survivors: texts, locked_out: texts })
    .nullish()
    .transform((drift) => drift ?? NO_DRIFT),
});

function readProviderSet(
  { values, unknown, sensitive }: ObjectValues,
  resourceType: SetResourceType,
): SetSnapshot {
  const { user_id_type, user_pool_name, drift, retained_ids, ...limits } = Attributes.parse(values);
  const unknownUsers = memberOf(unknown, "users");
  return {
    resourceType,
    userIdType: user_id_type,
    userIdTypeKnown: memberOf(unknown, "user_id_type") !== true,
    userPoolName: user_pool_name,
    users: readLabels(memberOf(values, "users"), unknownUsers),
    usersKnown: unknownUsers !== true,
    sensitive: isAnyMarked(memberOf(sensitive, "users")),
    fates: readFates(values, unknown),
    returning: readReturning(memberOf(values, "reactivations"), memberOf(unknown, "reactivations")),
    reactivationsKnown: memberOf(unknown, "reactivations") !== true,
    rebindings: readRebindings(memberOf(values, "rebindings")),
    leaverUserIds: readTexts(entriesOf(memberOf(values, "leaver_user_ids"))),
    suspended: readLabels(memberOf(values, "suspended"), undefined),
    suspendDays: limits.suspend_days ?? 0,
    deleteBy: limits.delete_by,
    retained: retained_ids,
    drift,
    unknown: new Set(unknownKeys(unknown)),
    maxDeletions: limits.max_deletions,
    maxDeletionsPercent: limits.max_deletions_percent,
  };
}

/**
 * @param unknown the marks of what is not known: an outcome is not known of somebody that apply reactivates,
 * or may
 */
function readReturning(reactivations: unknown, unknown: unknown): ReturningUser[] {
  return entriesOf(reactivations).flatMap(([id, element]) => {
    const userId = memberOf(element, "user_id");
    const mayReturn = memberOf(memberOf(unknown, id), "outcome") === true;
    return typeof userId === "string" ? [{ id, userId, mayReturn }] : [];
  });
}

function readRebindings(rebindings: unknown): Rebinding[] {
  return entriesOf(rebindings).flatMap(([id, element]) => {
    const formerUserId = memberOf(element, "former_user_id");
    const userId = memberOf(element, "user_id");
    const isRead = typeof formerUserId === "string" && typeof userId === "string";
    return isRead ? [{ id, formerUserId, userId }] : [];
  });
}

/**
 * The attributes that say what a plan does to leavers, and what a known element of them says: that nothing
 * happens to the user.
 */
const ENDINGS = [
  ["suspensions", "suspended", NOT_DONE.suspend],
  ["removals", "deleted", NOT_DONE.delete],
] as const;

/**
 * An unknown element is what may happen, a deletion before a suspension, whatever else the plan shows for
 * that id. A known one is that nothing happens; any other text is from an earlier apply.
 */
function readFates(values: unknown, unknown: unknown): Map<string, PlannedFate> {
  const kept = ENDINGS.flatMap(([attribute, , notDone]) =>
    entriesOf(memberOf(values, attribute)).filter(([, text]) => text === notDone),
  );
  const fates = new Map<string, PlannedFate>(kept.map(([id]) => [id, "not_deleted"]));
  for (const [attribute, fate] of ENDINGS)
    for (const id of unknownKeys(memberOf(unknown, attribute))) fates.set(id, fate);
  return fates;
}

function readTexts(entries: readonly (readonly [string, unknown])[]): Map<string, string> {
  return new Map(
    entries.flatMap(([id, text]): [string, string][] => (typeof text === "string" ? [[id, text]] : [])),
  );
}

/** A `null_resource` is a user set if its triggers contain an id type. Each user is a trigger `user:<id>`. */
function readNullResourceSet({ values, unknown, sensitive }: ObjectValues): SetSnapshot | undefined {
  const triggers = memberOf(values, "triggers");
  const marks = memberOf(unknown, "triggers");
  const isOpen = memberOf(marks, ID_TYPE_TRIGGER) === true;
  const type = isOpen ? UserIdType.USER_ID : memberOf(triggers, ID_TYPE_TRIGGER);
  if (typeof type !== "string" || !isUserIdType(type)) return undefined;
  return readProviderSet(
    {
      values: { user_id_type: type, users: usersOf(triggers) },
      unknown: { user_id_type: isOpen, users: usersOf(marks) },
      sensitive: { users: memberOf(sensitive, "triggers") },
    },
    "null_resource",
  );
}

/** The users among triggers, or their marks. @param triggers all of them, or the mark of all */
function usersOf(triggers: unknown): unknown {
  if (triggers === true) return true;
  const users = entriesOf(triggers).filter(([key]) => key.startsWith(USER_TRIGGER));
  return Object.fromEntries(users.map(([key, value]) => [key.slice(USER_TRIGGER.length), value]));
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

/**
 * Whether a value or a part of it is marked as sensitive or unknown: Terraform puts `true` in its place, at
 * any depth.
 */
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
