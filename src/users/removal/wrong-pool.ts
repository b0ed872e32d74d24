import { MAX_IDS_PER_CALL } from "../directory";
import type { Resolution } from "../look-up/resolution";
import type { Message } from "../report/words";

/** From so many users on, that none is left is taken for a wrong pool and not for the truth. */
const ENOUGH_TO_DOUBT = 5;

/**
 * Whether none of the users who were in the pool before is found: a wrong pool, a wrong tenant or a key that
 * may not read looks like that, and would read as "everybody is gone".
 *
 * @param ids those that were looked up
 */
export function looksLikeWrongPool(
  seenBefore: Pick<ReadonlySet<string>, "has">,
  ids: Iterable<string>,
  resolutions: ReadonlyMap<string, Pick<Resolution, "kind">>,
): boolean {
  const seen = [...ids].filter((id) => seenBefore.has(id));
  return seen.length >= ENOUGH_TO_DOUBT && seen.every((id) => resolutions.get(id)?.kind === "absent");
}

/** A removal, as far as the doubt about the pool looks at it. */
export interface DoubtedRemoval {
  readonly seenBefore: Pick<ReadonlySet<string>, "has">;
  readonly removed: readonly string[];
  readonly declared: Iterable<string>;
  /** Of the removed ids. */
  readonly resolutions: ReadonlyMap<string, Pick<Resolution, "kind">>;
  readonly lookUp: (ids: readonly string[]) => Promise<ReadonlyMap<string, Pick<Resolution, "kind">>>;
}

/** Where all removed users are absent, some of those who stay are looked up, in one call, to tell a wrong pool. */
export async function isWrongPool(removal: DoubtedRemoval): Promise<boolean> {
  const { seenBefore, removed, declared, resolutions, lookUp } = removal;
  const left = removed.filter((id) => seenBefore.has(id));
  if (left.length === 0 || !left.every((id) => resolutions.get(id)?.kind === "absent")) return false;
  const probes = [...declared].filter((id) => seenBefore.has(id)).slice(0, MAX_IDS_PER_CALL);
  const probed = await lookUp(probes);
  return looksLikeWrongPool(seenBefore, [...left, ...probes], new Map([...resolutions, ...probed]));
}

/**
 * Says that the pool is doubted.
 *
 * @param absent how many users were there before and are not found
 */
export function describeWrongPool(absent: number): Message {
  return {
    summary: "None of the users is in this pool",
    detail: `${absent === 1 ? "The only user who was" : `All ${absent} users who were`} there before ${absent === 1 ? "is" : "are"} absent. That looks like another user pool, another tenant, or a key that may not read users; so nothing is changed. Check the host, the access key id and the tenant id. If all of them were really deleted, run once with GENAUTH_ACCEPT_EMPTY_POOL=1.`,
  };
}
