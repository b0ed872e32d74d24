import { MAX_IDS_PER_CALL } from "../directory";
import type { Resolution } from "../look-up/resolution";
import type { Message } from "../wording";

/** From so many users on, that none is left is taken for a wrong pool and not for the truth, whoever else is there. */
const ENOUGH_TO_DOUBT = 5;

type Seen = Pick<ReadonlySet<string>, "has">;
type Looked = ReadonlyMap<string, Pick<Resolution, "kind">>;

/**
 * Doubts the pool where none of the users who were in it before is found, and they are five or more: a wrong pool, a wrong
 * tenant or a key that may not read looks like that, and would read as "everybody is gone".
 *
 * For looking without removing, as a refresh and a drift report do. A smaller set is believed there: somebody else may well
 * have deleted all of it, which has to be told as drift; nobody is deleted or forgotten for it, and the next look-up in the
 * right pool says so. What a removal forgets is for `doubtRemoval`.
 *
 * @param ids those that were looked up
 * @returns the doubt in words; `undefined` where there is none
 */
export function doubtPool(seenBefore: Seen, ids: Iterable<string>, resolutions: Looked): Message | undefined {
  const seen = [...ids].filter((id) => seenBefore.has(id));
  return seen.length >= ENOUGH_TO_DOUBT && areAbsent(seen, resolutions)
    ? describeDoubt(seen.length)
    : undefined;
}

/** A removal, as far as the doubt about the pool looks at it. */
export interface DoubtedRemoval {
  readonly seenBefore: Seen;
  readonly removed: readonly string[];
  readonly declared: Iterable<string>;
  /** Of the removed ids. */
  readonly resolutions: Looked;
  /** By system user id, whom removed ids named before that name nobody now. */
  readonly boundUsers: Looked;
  readonly lookUp: (ids: readonly string[]) => Promise<Looked>;
}

/**
 * Doubts the pool where all users who leave are absent, and so is everybody who stays, of whom up to 50 are looked up in
 * one call: one is enough. Where nobody stays to ask about, it takes five who leave. Of fewer than five in all, whoever is
 * there under another id shows that it is the right pool; that all of more were changed is no likelier than a doubt.
 *
 * @returns the doubt in words; `undefined` where there is none
 */
export async function doubtRemoval(removal: DoubtedRemoval): Promise<Message | undefined> {
  const { seenBefore, removed, declared, resolutions, boundUsers, lookUp } = removal;
  const left = removed.filter((id) => seenBefore.has(id));
  if (left.length === 0 || !areAbsent(left, resolutions)) return undefined;
  const staying = [...declared].filter((id) => seenBefore.has(id)).slice(0, MAX_IDS_PER_CALL);
  const isSmall = left.length + staying.length < ENOUGH_TO_DOUBT;
  if (isSmall && [...boundUsers.values()].some(({ kind }) => kind === "found")) return undefined;
  if (staying.length === 0) return doubtPool(seenBefore, left, resolutions);
  return areAbsent(staying, await lookUp(staying)) ? describeDoubt(left.length + staying.length) : undefined;
}

function areAbsent(ids: readonly string[], resolutions: Looked): boolean {
  return ids.every((id) => resolutions.get(id)?.kind === "absent");
}

function describeDoubt(absent: number): Message {
  return {
    summary: "None of the users is in this pool",
    detail: `All ${absent} users who were there before and are looked up now are absent. That looks like another user pool, another tenant, or a key that may not read users; so nothing is changed. Check the host, the access key id and the tenant id. If all of them were really deleted, run once with GENAUTH_ACCEPT_EMPTY_POOL=1.`,
  };
}
