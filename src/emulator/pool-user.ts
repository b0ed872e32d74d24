/** A user as the emulator keeps one. What is absent here is `null` in an answer, as with the real service. */
export interface PoolUser {
  /** The system user id: 24 hexadecimal digits. */
  readonly userId: string;
  /** One of `Suspended`, `Resigned`, `Activated`, `Archived`, `Deactivated`; default `Activated`. */
  readonly status?: string;
  readonly name?: string;
  readonly username?: string;
  readonly email?: string;
  /** The number without its country code. */
  readonly phone?: string;
  /** Such as `+86`. */
  readonly phoneCountryCode?: string;
  readonly externalId?: string;
  readonly identities?: readonly PoolIdentity[];
  /** Whatever else the pool keeps of its users; shown where a call asks for it. */
  readonly customData?: Readonly<Record<string, unknown>>;
  /** The tenant the user belongs to; a call made inside a tenant sees no other users. */
  readonly tenantId?: string;
}

/** One of a user's identities at an identity provider or a synchronised directory. */
export interface PoolIdentity {
  readonly extIdpId: string;
  /** The kind of provider, such as `lark` or `oidc`. */
  readonly provider: string;
  readonly userIdInIdp: string;
}

/** The kinds of id by which a call may name a user. */
export const ID_TYPES = [
  "user_id",
  "phone",
  "email",
  "username",
  "external_id",
  "identity",
  "sync_relation",
] as const;

export type IdType = (typeof ID_TYPES)[number];

/** Whether the API knows this kind of id. */
export function isIdType(value: string): value is IdType {
  return (ID_TYPES as readonly string[]).includes(value);
}

/** The ids of one type under which a user is found; a phone number has several spellings. */
export function idsOf(user: PoolUser, type: IdType): readonly string[] {
  switch (type) {
    case "user_id":
      return [user.userId];
    case "phone":
      return spellings(user);
    case "email":
      return present(user.email?.toLowerCase());
    case "username":
      return present(user.username);
    case "external_id":
      return present(user.externalId);
    case "identity":
      return (user.identities ?? []).map(({ extIdpId, userIdInIdp }) => `${extIdpId}:${userIdInIdp}`);
    case "sync_relation":
      return (user.identities ?? []).map(({ provider, userIdInIdp }) => `${provider}:${userIdInIdp}`);
  }
}

/** The spelling of an id under which users are filed: e-mail addresses are alike in upper and lower case. */
export function normalised(id: string, type: IdType): string {
  return type === "email" ? id.toLowerCase() : id;
}

function spellings({ phone, phoneCountryCode }: PoolUser): readonly string[] {
  if (phone === undefined) return [];
  return phoneCountryCode === undefined ? [phone] : [phone, `${phoneCountryCode}${phone}`];
}

function present(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}
