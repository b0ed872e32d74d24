import type { DirectoryIdentity, DirectoryUser } from "../directory";
import { USER_ID_TYPES, UserIdType } from "../user-id-type";
import { canonicalId } from "./canonical-id";
import { mayBePhoneOf, phoneSpellings } from "./phone";

/**
 * Whether the id may name this user: it does, or what the directory shows cannot tell (a field it left out, a
 * phone without its country code, another case). `false` means that it certainly names somebody else.
 */
export function mayNameUser(id: string, type: UserIdType, user: DirectoryUser): boolean {
  const names = canonicalNames(user, type);
  if (names.length === 0) return true;
  const canonical = canonicalId(id, type).toLowerCase();
  if (names.some((name) => name.toLowerCase() === canonical)) return true;
  return type === UserIdType.PHONE && mayBePhoneOf(canonical, user);
}

/** Every id, of every type, that certainly names the user, in its canonical spelling. */
export function idsOf(user: DirectoryUser): [UserIdType, string][] {
  return USER_ID_TYPES.flatMap((type) =>
    canonicalNames(user, type).map((id): [UserIdType, string] => [type, id]),
  );
}

/**
 * The canonical ids of one type that certainly name the user; none where the directory does not show the
 * field.
 */
export function canonicalNames(user: DirectoryUser, type: UserIdType): string[] {
  switch (type) {
    case UserIdType.USER_ID:
      return present(user.userId, type);
    case UserIdType.EMAIL:
      return present(user.email, type);
    case UserIdType.USERNAME:
      return present(user.username, type);
    case UserIdType.EXTERNAL_ID:
      return present(user.externalId, type);
    case UserIdType.PHONE:
      return phoneSpellings(user);
    case UserIdType.IDENTITY:
      return identityNames(user, ({ extIdpId }) => extIdpId);
    case UserIdType.SYNC_RELATION:
      return identityNames(user, ({ provider }) => provider);
  }
}

function present(id: string | undefined, type: UserIdType): string[] {
  return id ? [canonicalId(id, type)] : [];
}

function identityNames(
  user: DirectoryUser,
  source: (identity: DirectoryIdentity) => string | undefined,
): string[] {
  return user.identities.flatMap((identity) => {
    const from = source(identity);
    return from && identity.userIdInIdp ? [`${from}:${identity.userIdInIdp}`] : [];
  });
}
