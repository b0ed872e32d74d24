import { error, type Diagnostic } from "../../plugin";
import type { Resolution } from "../../users";
import type { PrivateData } from "./private-data";

/** From so many users on, that none is left is taken for a wrong pool and not for the truth. */
const ENOUGH_TO_DOUBT = 5;

/**
 * Whether none of the users who were in the pool before is found: a wrong pool, a wrong tenant or a key that may not read
 * looks like that, and would read as "everybody is gone".
 *
 * @param ids those that were looked up
 */
export function looksLikeWrongPool(
  data: PrivateData,
  ids: Iterable<string>,
  resolutions: ReadonlyMap<string, Resolution>,
): boolean {
  const seenBefore = [...ids].filter((id) => data.bindings.has(id));
  return (
    seenBefore.length >= ENOUGH_TO_DOUBT && seenBefore.every((id) => resolutions.get(id)?.kind === "absent")
  );
}

export function wrongPoolError(count: number): Diagnostic {
  return error(
    "None of the users is in this pool",
    `All ${count} users who were there before are absent. That looks like another user pool, another tenant, or a key that may not read users; so nothing is changed. Check host, access_key_id and tenant_id. If all of them were really deleted, run once with GENAUTH_ACCEPT_EMPTY_POOL=1.`,
  );
}
