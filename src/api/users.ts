import * as z from "zod";

/** A field that GenAuth leaves out or sends as null where there is no value. */
const optionalText = z.string().nullish();

const Identity = z
  .object({ extIdpId: optionalText, provider: optionalText, userIdInIdp: optionalText })
  .transform(({ extIdpId, provider, userIdInIdp }) => ({
    extIdpId: extIdpId ?? undefined,
    provider: provider ?? undefined,
    userIdInIdp: userIdInIdp ?? undefined,
  }));

/**
 * A user as an answer shows it. Fields that nobody here needs are dropped, those of another type are an error. Nulls are
 * taken away for a whole user at once: field by field, zod makes so many objects that V8 takes them for lasting ones, and
 * lets them pile up.
 */
export const UserSchema = z
  .object({
    userId: z.string().min(1),
    status: optionalText,
    name: optionalText,
    username: optionalText,
    email: optionalText,
    phone: optionalText,
    phoneCountryCode: optionalText,
    externalId: optionalText,
    identities: z.array(Identity).nullish(),
  })
  .transform((user) => ({
    userId: user.userId,
    status: user.status ?? undefined,
    name: user.name ?? undefined,
    username: user.username ?? undefined,
    email: user.email ?? undefined,
    phone: user.phone ?? undefined,
    phoneCountryCode: user.phoneCountryCode ?? undefined,
    externalId: user.externalId ?? undefined,
    identities: user.identities ?? [],
  }));

/** A user of the pool: the fields by which one may be named. */
export type User = Readonly<z.infer<typeof UserSchema>>;

/** All that GenAuth shows of a user, as it came. */
export type UserRecord = Readonly<Record<string, unknown>> & { readonly userId: string };

/** Takes any object with a system user id: what a record keeps is not ours to choose. */
export const UserRecordSchema = z.custom<UserRecord>(
  (value) =>
    typeof value === "object" && value !== null && "userId" in value && typeof value.userId === "string",
  "not a user's record",
);

/** An entry of the record of deleted users. `archivedAt` is taken only with its time zone: without, it says no moment. */
export const ArchivedUserSchema = z.object({
  userId: z.string().min(1),
  archivedAt: z.iso.datetime({ offset: true }).transform((time) => Date.parse(time)),
});

/** A user who was deleted, and when, in milliseconds since 1970. */
export type ArchivedUser = Readonly<z.infer<typeof ArchivedUserSchema>>;

/** The most users on one page of a list (source: the official SDK). */
export const USERS_PER_PAGE = 50;

/** How a condition compares (source: the official SDK). */
export const SEARCH_OPERATORS = [
  "EQUAL",
  "NOT_EQUAL",
  "CONTAINS",
  "NOT_CONTAINS",
  "IS_NULL",
  "NOT_NULL",
  "IN",
  "GREATER",
  "LESSER",
  "BETWEEN",
] as const;

export type SearchOperator = (typeof SEARCH_OPERATORS)[number];

/** One condition on a field of the users. */
export interface SearchCondition {
  /** Such as `email`, `status` or `createdAt`. */
  readonly field: string;
  readonly operator: SearchOperator;
  /** Several for `IN`, two for `BETWEEN`, absent for `IS_NULL` and `NOT_NULL`. */
  readonly value?: string | readonly string[];
}

/** Which users to list; all where nothing is given. */
export interface UserSearch {
  /** What GenAuth looks for in phone, e-mail, name, user name and nickname. */
  readonly keywords?: string;
  /** All of them must hold. */
  readonly conditions?: readonly SearchCondition[];
}
