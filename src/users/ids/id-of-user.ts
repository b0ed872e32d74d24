import type { DirectoryIdentity, DirectoryUser } from "../directory";
import { UserIdType } from "../user-id-type";

/**
 * The ids of one type that a user has, as the directory shows them: at most one, or one for each identity. A phone number
 * has its country code.
 *
 * @param source only identities of this `extIdpId`, for `identity`, or of this provider, for `sync_relation`; default all
 */
export function idsOfUser(user: DirectoryUser, type: UserIdType, source?: string): string[] {
  switch (type) {
    case UserIdType.USER_ID:
      return [user.userId];
    case UserIdType.EMAIL:
      return listOf(user.email);
    case UserIdType.USERNAME:
      return listOf(user.username);
    case UserIdType.EXTERNAL_ID:
      return listOf(user.externalId);
    case UserIdType.PHONE:
      return listOf(user.phone).map(
        (phone) => `${phone.startsWith("+") ? "" : (user.phoneCountryCode ?? "")}${phone}`,
      );
    case UserIdType.IDENTITY:
      return identitiesOf(user, source, ({ extIdpId }) => extIdpId);
    case UserIdType.SYNC_RELATION:
      return identitiesOf(user, source, ({ provider }) => provider);
  }
}

function identitiesOf(
  { identities }: DirectoryUser,
  source: string | undefined,
  sourceOf: (identity: DirectoryIdentity) => string | undefined,
): string[] {
  return identities.flatMap((identity) => {
    const from = sourceOf(identity);
    if (!from || !identity.userIdInIdp || (source !== undefined && from !== source)) return [];
    return [`${from}:${identity.userIdInIdp}`];
  });
}

function listOf(id: string | undefined): string[] {
  return id ? [id] : [];
}
