import * as z from "zod";

/** What a user's status can be. */
export const STATUSES = ["Suspended", "Resigned", "Activated", "Archived", "Deactivated"] as const;

const text = z.string().min(1).exactOptional();
const time = z.iso.datetime({ offset: true }).exactOptional();

/** The fields of a user that a call can set. */
export const settableFields = {
  /** One of {@link STATUSES}; default `Activated`. */
  status: text,
  name: text,
  nickname: text,
  username: text,
  email: text,
  /** The number without its country code. */
  phone: text,
  /** Such as `+86`. */
  phoneCountryCode: text,
  externalId: text,
  /** At an identity provider, of a kind such as `lark` or `oidc`, or at a synchronised directory. */
  identities: z
    .array(z.object({ extIdpId: z.string(), provider: z.string(), userIdInIdp: z.string() }))
    .readonly()
    .exactOptional(),
  /** Other fields of the pool's users; shown if a call asks for them. */
  customData: z.record(z.string(), z.unknown()).readonly().exactOptional(),
} as const;

/** A user in the emulator. Absent fields are `null` in an answer, as in the real service. */
export const PoolUserSchema = z
  .strictObject({
    /** The system user id: 24 hexadecimal digits. */
    userId: z.string().min(1),
    ...settableFields,
    /** When the status last changed; the pool sets it with each change. */
    statusChangedAt: text,
    /** When the user last logged in; default never. */
    lastLogin: time,
    /** Default one date for all users. */
    createdAt: time,
    /** Each with the ids of the departments from the top down to the user's own. */
    departments: z
      .array(z.strictObject({ organizationCode: z.string().min(1), path: z.array(z.string().min(1)).min(1) }))
      .readonly()
      .exactOptional(),
    /** The tenant of the user; calls for a tenant see no other users. */
    tenantId: text,
  })
  .readonly();

export type PoolUser = z.infer<typeof PoolUserSchema>;

/** How one id type works. */
interface IdTypeRow {
  /** The ids that name a user; a phone number has several spellings. */
  readonly idsOf: (user: PoolUser) => readonly string[];
  /** The fields that hold a user's ids. */
  readonly fields: readonly (keyof Omit<PoolUser, "userId">)[];
  /** The spelling of an id in the index; default as it is written. */
  readonly normalise?: (id: string) => string;
}

const ID_TYPE_ROWS = {
  user_id: { idsOf: ({ userId }) => [userId], fields: [] },
  phone: {
    idsOf: ({ phone, phoneCountryCode = "" }) =>
      phone === undefined ? [] : [...new Set([phone, `${phoneCountryCode}${phone}`])],
    fields: ["phone", "phoneCountryCode"],
  },
  email: {
    idsOf: ({ email }) => listOf(email?.toLowerCase()),
    fields: ["email"],
    // Ignores case.
    normalise: (id) => id.toLowerCase(),
  },
  username: { idsOf: ({ username }) => listOf(username), fields: ["username"] },
  external_id: { idsOf: ({ externalId }) => listOf(externalId), fields: ["externalId"] },
  identity: {
    idsOf: ({ identities = [] }) =>
      identities.map(({ extIdpId, userIdInIdp }) => `${extIdpId}:${userIdInIdp}`),
    fields: ["identities"],
  },
  sync_relation: {
    idsOf: ({ identities = [] }) =>
      identities.map(({ provider, userIdInIdp }) => `${provider}:${userIdInIdp}`),
    fields: ["identities"],
  },
} as const satisfies Record<string, IdTypeRow>;

export type PoolIdType = keyof typeof ID_TYPE_ROWS;

/** The id types that can pass from one user to another: all but the system user id. */
export type PassableIdType = Exclude<PoolIdType, "user_id">;

/** All id types, in the order of the API's documentation. */
export const POOL_ID_TYPES = Object.keys(ID_TYPE_ROWS) as readonly PoolIdType[];

export function rowOf(type: PoolIdType): IdTypeRow {
  return ID_TYPE_ROWS[type];
}

export function isIdType(value: string): value is PoolIdType {
  return Object.hasOwn(ID_TYPE_ROWS, value);
}

function listOf(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}
