import { createHmac } from "node:crypto";
import { canonicalId, type UserIdType } from "../users";

/** How much of the hash stands for an id: 64 bits, so that two of a million ids hardly ever meet. In characters. */
const PSEUDONYM_LENGTH = 16;

/** What a report shows of a user. */
export interface Shown {
  readonly id: string;
  readonly label: string;
}

/**
 * Decides what a report shows of a user of one id type; `sensitive` says that the configuration hides the set's
 * users.
 */
export type Disguise = (user: Shown, type: UserIdType, sensitive: boolean) => Shown;

/**
 * @param key where given, ids are replaced by a keyed hash and labels are left out: the same for the same user and key, and
 *   of no use without the key. Else only what the configuration marks as sensitive is hidden.
 */
export function disguiseWith(key: string | undefined): Disguise {
  if (key === undefined)
    return (user, _type, sensitive) => (sensitive ? { id: "(sensitive)", label: "" } : user);
  return ({ id }, type) => {
    const hash = createHmac("sha256", key).update(JSON.stringify([type, canonicalId(id, type)]));
    return { id: `user-${hash.digest("hex").slice(0, PSEUDONYM_LENGTH)}`, label: "" };
  };
}
