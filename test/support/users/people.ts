import type { DirectoryUser } from "../../../src/users";
import { UserIdType } from "../../../src/users";

/** A system user id: 24 hexadecimal digits. */
export function systemId(number: number): string {
  return `a${number.toString(16).padStart(23, "0")}`;
}

/** The user with this number, with an id of each type. */
export function person(number: number, changes: Partial<DirectoryUser> = {}): DirectoryUser {
  return {
    userId: systemId(number),
    status: "Activated",
    name: `Person ${number}`,
    username: `person${number}`,
    email: `person${number}@example.com`,
    phone: `138${String(number).padStart(8, "0")}`,
    phoneCountryCode: "+86",
    externalId: `E-${number}`,
    identities: [{ extIdpId: "62f20932716fbcc10d966ee5", provider: "lark", userIdInIdp: `ou_${number}` }],
    ...changes,
  };
}

/** The users `from` to `to`, inclusive. */
export function people(from: number, to: number): DirectoryUser[] {
  return Array.from({ length: to - from + 1 }, (_, index) => person(from + index));
}

/** The user's id of a type, as a set declares it. */
export function idOf(user: DirectoryUser, type: UserIdType): string {
  const [identity] = user.identities;
  const ids: Readonly<Record<UserIdType, string | undefined>> = {
    [UserIdType.USER_ID]: user.userId,
    [UserIdType.EMAIL]: user.email,
    [UserIdType.PHONE]: user.phone && `${user.phoneCountryCode ?? ""}${user.phone}`,
    [UserIdType.USERNAME]: user.username,
    [UserIdType.EXTERNAL_ID]: user.externalId,
    [UserIdType.IDENTITY]: identity && `${identity.extIdpId ?? ""}:${identity.userIdInIdp ?? ""}`,
    [UserIdType.SYNC_RELATION]: identity && `${identity.provider ?? ""}:${identity.userIdInIdp ?? ""}`,
  };
  return ids[type] ?? "";
}

/** The e-mail address of a user, or of the person with this number. */
export function emailOf(who: DirectoryUser | number): string {
  return idOf(typeof who === "number" ? person(who) : who, UserIdType.EMAIL);
}

/** The users of a set, as it declares them, without labels. */
export function unlabelled(ids: Iterable<string>): Map<string, string> {
  return new Map([...ids].map((id) => [id, ""]));
}
