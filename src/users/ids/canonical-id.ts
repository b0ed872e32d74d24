import { UserIdType } from "../user-id-type";
import { compactPhone } from "./phone";

/**
 * The one spelling that stands for all spellings which GenAuth treats alike: two ids of a type that have the
 * same canonical id name the same user. Ids with different canonical ids may still do so (a phone with and
 * without its country code).
 */
export function canonicalId(id: string, type: UserIdType): string {
  switch (type) {
    case UserIdType.EMAIL:
      return id.toLowerCase();
    case UserIdType.PHONE:
      return compactPhone(id);
    case UserIdType.USER_ID:
      // Upper and lower case write the same number; a declared user must not be lost to a change of case.
      return /^[0-9a-f]{24}$/iu.test(id) ? id.toLowerCase() : id;
    default:
      return id;
  }
}

/**
 * The spelling of a system user id by which it is compared and filed. What is sent to GenAuth is the spelling that
 * GenAuth gave.
 */
export function userIdKey(userId: string): string {
  return canonicalId(userId, UserIdType.USER_ID);
}

/** Whether two system user ids are one, in whatever spelling. */
export function isSameUserId(one: string, other: string): boolean {
  return one === other || userIdKey(one) === userIdKey(other);
}

/**
 * Finds ids that differ in spelling but name the same user.
 *
 * @returns pairs of (first spelling, later spelling), in the order of the later ones; empty where all are
 *   distinct
 */
export function findDuplicates(ids: Iterable<string>, type: UserIdType): [string, string][] {
  const first = new Map<string, string>();
  const duplicates: [string, string][] = [];
  for (const id of ids) {
    const canonical = canonicalId(id, type);
    const earlier = first.get(canonical);
    if (earlier === undefined) first.set(canonical, id);
    else duplicates.push([earlier, id]);
  }
  return duplicates;
}
