import { createHash } from "node:crypto";
import type { PoolUser } from "./pool-user";

export interface SeedOptions {
  /**
   * The part of names before the number; default `user`. Two groups of users in one pool need different
   * prefixes and ranges of numbers.
   */
  readonly prefix?: string;
  /** The number of the first user; default 1. */
  readonly first?: number;
  /** The tenant of the users; default none. */
  readonly tenantId?: string;
}

/** The identity source in the `identity` ids of seeded users; the sample value of GenAuth's documentation. */
const SEED_EXT_IDP_ID = "62f20932716fbcc10d966ee5";

/** The identity source of seeded users' `lark` identities. */
const SEED_LARK_IDP_ID = "62f20932716fbcc10d966ee6";

/**
 * Makes users that have an id of each type. The same call always gives the same users, and each id tells its
 * user: user 1 has the e-mail `user001@example.com`, the phone `+86` `13800000001`, the user name `user001`,
 * the external id `HR-user001`, the identity `62f20932716fbcc10d966ee5:oidc_user001` and the relation
 * `lark:ou_user001`.
 *
 * @param count how many, up to 99,999,999, because phone numbers have no more digits
 */
export function seedUsers(count: number, options: SeedOptions = {}): PoolUser[] {
  const { prefix = "user", first = 1, tenantId } = options;
  // The first half of system user ids, so that those of two prefixes do not collide.
  const group = createHash("sha256").update(prefix).digest("hex").slice(0, 12);
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const handle = `${prefix}${String(number).padStart(3, "0")}`;
    return {
      userId: `${group}${number.toString(16).padStart(12, "0")}`,
      status: "Activated",
      name: `${prefix.charAt(0).toUpperCase()}${prefix.slice(1)} ${String(number).padStart(3, "0")}`,
      username: handle,
      email: `${handle}@example.com`,
      phone: `138${String(number).padStart(8, "0")}`,
      phoneCountryCode: "+86",
      externalId: `HR-${handle}`,
      identities: [
        { extIdpId: SEED_EXT_IDP_ID, provider: "oidc", userIdInIdp: `oidc_${handle}` },
        { extIdpId: SEED_LARK_IDP_ID, provider: "lark", userIdInIdp: `ou_${handle}` },
      ],
      ...(tenantId !== undefined && { tenantId }),
    };
  });
}
