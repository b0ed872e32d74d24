import * as z from "zod";
import { ID_TYPE_TRIGGER, USER_TRIGGER } from "../../null-resource/payload";
import { isUserIdType, UserIdType } from "../../users";

/** Which resource carries out a set. */
export type SetEngine = "provider" | "null";

/** A user set as a plan or a state shows it. */
export interface SetSnapshot {
  readonly engine: SetEngine;
  readonly userIdType: UserIdType;
  /** Id to label; a label that is not known yet reads as "". */
  readonly users: ReadonlyMap<string, string>;
  /** Whether all users are known; where not, `users` is empty. */
  readonly usersKnown: boolean;
  /** Whether the configuration marks users as sensitive: they are then shown nowhere. */
  readonly sensitive: boolean;
  readonly retained: readonly string[];
  /** As last checked by the provider; the null engine never checks. */
  readonly drift: { readonly missing: readonly string[]; readonly survivors: readonly string[] };
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
}

/** An object's values and, in the same shape, which of them are not known, and which are sensitive. */
export interface ObjectValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
}

/**
 * Reads a user set, of either engine.
 *
 * @param type the resource's type
 * @returns undefined where the object is no user set
 */
export function readUserSet(type: string, object: ObjectValues): SetSnapshot | undefined {
  if (type === "genauth_user_set") return readProviderSet(object);
  return type === "null_resource" ? readNullSet(object) : undefined;
}

const texts = z
  .array(z.string().nullable())
  .nullish()
  .transform((list) => (list ?? []).filter((item) => item !== null));

const Attributes = z.object({
  user_id_type: z.enum(UserIdType).catch(UserIdType.USER_ID),
  retained_user_ids: texts,
  max_deletions: z.number().nullish(),
  max_deletions_percent: z.number().nullish(),
  drift: z
    .object({ missing: texts, survivors: texts })
    .nullish()
    .transform((drift) => drift ?? NO_DRIFT),
});

const NO_DRIFT = { missing: [], survivors: [] };

function readProviderSet({ values, unknown, sensitive }: ObjectValues): SetSnapshot {
  const { user_id_type, retained_user_ids, drift, max_deletions, max_deletions_percent } =
    Attributes.parse(values);
  const unknownUsers = memberOf(unknown, "users");
  return {
    engine: "provider",
    userIdType: user_id_type,
    users: labelsOf(memberOf(values, "users"), unknownUsers),
    usersKnown: unknownUsers !== true,
    sensitive: marksAny(memberOf(sensitive, "users")),
    retained: retained_user_ids,
    drift,
    ...(typeof max_deletions === "number" && { maxDeletions: max_deletions }),
    ...(typeof max_deletions_percent === "number" && { maxDeletionsPercent: max_deletions_percent }),
  };
}

/** A `null_resource` is a user set where its triggers name an id type; each user is a trigger `user:<id>`. */
function readNullSet({ values, unknown, sensitive }: ObjectValues): SetSnapshot | undefined {
  const triggers = memberOf(values, "triggers");
  const type = memberOf(triggers, ID_TYPE_TRIGGER);
  if (typeof type !== "string" || !isUserIdType(type)) return undefined;
  const unknownTriggers = memberOf(unknown, "triggers");
  const users = [...labelsOf(triggers, unknownTriggers)].flatMap(([key, label]): [string, string][] =>
    key.startsWith(USER_TRIGGER) ? [[key.slice(USER_TRIGGER.length), label]] : [],
  );
  return {
    engine: "null",
    userIdType: type,
    users: new Map(users),
    usersKnown: unknownTriggers !== true,
    sensitive: marksAny(memberOf(sensitive, "triggers")),
    retained: [],
    drift: NO_DRIFT,
  };
}

/** Terraform leaves a value that is not known out of a map, and its key with it; the key is among the unknown ones. */
function labelsOf(known: unknown, unknown: unknown): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [id, isUnknown] of entriesOf(unknown)) if (isUnknown === true) labels.set(id, "");
  for (const [id, label] of entriesOf(known)) labels.set(id, typeof label === "string" ? label : "");
  return labels;
}

/** Terraform marks what is sensitive by `true` in the place of the value, at any depth. */
function marksAny(marks: unknown): boolean {
  return marks === true || entriesOf(marks).some(([, mark]) => marksAny(mark));
}

function memberOf(value: unknown, name: string): unknown {
  return entriesOf(value).find(([key]) => key === name)?.[1];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
