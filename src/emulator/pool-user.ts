/** A user in the emulator. Absent fields are `null` in an answer, as in the real service. */
export interface PoolUser {
  /** The system user id: 24 hexadecimal digits. */
  readonly userId: string;
  /** One of {@link STATUSES}; default `Activated`. */
  readonly status?: string;
  /** When the status last changed, in ISO 8601; the pool sets it with each change. */
  readonly statusChangedAt?: string;
  readonly name?: string;
  readonly nickname?: string;
  readonly username?: string;
  readonly email?: string;
  /** The number without its country code. */
  readonly phone?: string;
  /** Such as `+86`. */
  readonly phoneCountryCode?: string;
  readonly externalId?: string;
  readonly identities?: readonly PoolIdentity[];
  /** Other fields of the pool's users; shown if a call asks for them. */
  readonly customData?: Readonly<Record<string, unknown>>;
  /** When the user last logged in, in ISO 8601; default never. */
  readonly lastLogin?: string;
  /** In ISO 8601; default one date for all users. */
  readonly createdAt?: string;
  readonly departments?: readonly PoolDepartment[];
  /** The tenant of the user; calls for a tenant see no other users. */
  readonly tenantId?: string;
}

/** What a user's status can be. */
export const STATUSES = ["Suspended", "Resigned", "Activated", "Archived", "Deactivated"] as const;

/** One of a user's identities at an identity provider or a synchronised directory. */
export interface PoolIdentity {
  readonly extIdpId: string;
  /** The kind of provider, such as `lark` or `oidc`. */
  readonly provider: string;
  readonly userIdInIdp: string;
}

/** A department that a user is in. */
export interface PoolDepartment {
  readonly organizationCode: string;
  /** The ids of the departments from the top down to the user's own. */
  readonly path: readonly string[];
}

/** How one id type works. */
interface IdTypeRow {
  /** The ids that name a user; a phone number has several spellings. */
  readonly idsOf: (user: PoolUser) => readonly string[];
  /** The spelling of an id in the index. */
  readonly normalise: (id: string) => string;
  /** The fields that hold a user's ids; without a user, the same fields emptied. */
  readonly fieldsOf: (user?: PoolUser) => Partial<Omit<PoolUser, "userId">>;
}

const asWritten = (id: string): string => id;

const ID_TYPE_ROWS = {
  user_id: { idsOf: ({ userId }) => [userId], normalise: asWritten, fieldsOf: () => ({}) },
  phone: {
    idsOf: ({ phone, phoneCountryCode = "" }) =>
      phone === undefined ? [] : [...new Set([phone, `${phoneCountryCode}${phone}`])],
    normalise: asWritten,
    fieldsOf: (user) => ({ phone: user?.phone, phoneCountryCode: user?.phoneCountryCode }),
  },
  email: {
    idsOf: ({ email }) => listOf(email?.toLowerCase()),
    // Ignores case.
    normalise: (id) => id.toLowerCase(),
    fieldsOf: (user) => ({ email: user?.email }),
  },
  username: {
    idsOf: ({ username }) => listOf(username),
    normalise: asWritten,
    fieldsOf: (user) => ({ username: user?.username }),
  },
  external_id: {
    idsOf: ({ externalId }) => listOf(externalId),
    normalise: asWritten,
    fieldsOf: (user) => ({ externalId: user?.externalId }),
  },
  identity: {
    idsOf: ({ identities = [] }) =>
      identities.map(({ extIdpId, userIdInIdp }) => `${extIdpId}:${userIdInIdp}`),
    normalise: asWritten,
    fieldsOf: (user) => ({ identities: user?.identities }),
  },
  sync_relation: {
    idsOf: ({ identities = [] }) =>
      identities.map(({ provider, userIdInIdp }) => `${provider}:${userIdInIdp}`),
    normalise: asWritten,
    fieldsOf: (user) => ({ identities: user?.identities }),
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
