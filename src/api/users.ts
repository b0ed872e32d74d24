import * as z from "zod";

/** A field that GenAuth omits or sends as null if it has no value. */
const optionalText = z.string().nullish();

const Identity = z
  .object({ extIdpId: optionalText, provider: optionalText, userIdInIdp: optionalText })
  .transform(({ extIdpId, provider, userIdInIdp }) => ({
    extIdpId: extIdpId ?? undefined,
    provider: provider ?? undefined,
    userIdInIdp: userIdInIdp ?? undefined,
  }));

const UserFields = z.object({
  userId: z.string().min(1),
  status: optionalText,
  // Anything but a text counts as missing: who only looks users up does not need it.
  statusChangedAt: optionalText.catch(undefined),
  name: optionalText,
  username: optionalText,
  email: optionalText,
  phone: optionalText,
  phoneCountryCode: optionalText,
  externalId: optionalText,
  identities: z.array(Identity).nullish(),
});

function withoutNulls(user: z.infer<typeof UserFields>) {
  return {
    userId: user.userId,
    status: user.status ?? undefined,
    statusChangedAt: user.statusChangedAt ?? undefined,
    name: user.name ?? undefined,
    username: user.username ?? undefined,
    email: user.email ?? undefined,
    phone: user.phone ?? undefined,
    phoneCountryCode: user.phoneCountryCode ?? undefined,
    externalId: user.externalId ?? undefined,
    identities: user.identities ?? [],
  };
}

/**
 * A user in an answer. Unused fields are dropped, and a field of another type is an error. Nulls are removed
 * for a whole user at once: to remove them field by field makes zod create so many objects that V8 promotes
 * them to the old generation, where they accumulate.
 */
export const UserSchema = UserFields.transform(withoutNulls);

/** A user of the pool, with all fields that can name one. */
export type User = Readonly<z.infer<typeof UserSchema>>;

/**
 * A user with the fields that only the data source returns, as `shown`: null is a field without a value, and
 * undefined one that the answer does not show.
 */
export const UserRecordSchema = UserFields.extend({
  lastLogin: optionalText,
  createdAt: optionalText,
}).transform((user) => ({
  ...withoutNulls(user),
  shown: { lastLogin: user.lastLogin, createdAt: user.createdAt },
}));

/** A user as a list shows it. */
export type UserRecord = Readonly<z.infer<typeof UserRecordSchema>>;

/** Accepts any object with a system user id: GenAuth decides on the other fields. */
export const FullUserSchema = z.looseObject({ userId: z.string() });

/** All fields that GenAuth shows of a user, as received. */
export type FullUser = Readonly<z.infer<typeof FullUserSchema>>;

/**
 * An entry of the archive of deleted users. `archivedAt` needs a time zone: without one it is not a point in
 * time.
 */
export const ArchivedUserSchema = z.object({
  userId: z.string().min(1),
  archivedAt: z.iso.datetime({ offset: true }).transform((time) => Date.parse(time)),
});

/** A user who was deleted, and when, in milliseconds since 1970. */
export type ArchivedUser = Readonly<z.infer<typeof ArchivedUserSchema>>;

/** GenAuth's limit for one page of a list (source: the official SDK). */
export const USERS_PER_PAGE = 50;
