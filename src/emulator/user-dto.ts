import type { PoolUser } from "./pool-user";

/** What an answer shows beyond a user's own fields; default nothing. */
export interface Shown {
  readonly identities?: boolean;
  readonly customData?: boolean;
}

/** A user as answers show it: fields without a value are null. */
export function userDto(user: PoolUser, { identities, customData }: Shown = {}): Record<string, unknown> {
  return {
    userId: user.userId,
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    status: user.status ?? "Activated",
    workStatus: "Active",
    gender: "U",
    externalId: user.externalId ?? null,
    email: user.email ?? null,
    emailVerified: false,
    phone: user.phone ?? null,
    phoneCountryCode: user.phoneCountryCode ?? null,
    phoneVerified: false,
    username: user.username ?? null,
    name: user.name ?? null,
    tenantId: user.tenantId ?? null,
    userSourceType: "adminCreated",
    ...(customData && { customData: user.customData ?? {} }),
    ...(identities && {
      identities: (user.identities ?? []).map((identity) => ({
        identityId: `${identity.extIdpId}-${identity.userIdInIdp}`,
        type: "openid",
        userInfoInIdp: {},
        originConnIds: [identity.extIdpId],
        ...identity,
      })),
    }),
  };
}

/** Nothing here depends on when a user was made; one date keeps answers the same from run to run. */
const CREATED_AT = "2024-01-01T00:00:00.000Z";
