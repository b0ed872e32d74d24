import { MAX_IDS_PER_CALL } from "../directory";
import { isSameUserId } from "../ids/id-types";
import type { Resolution } from "../look-up/resolution";
import type { Message } from "../wording";

/** From this many users on, that hardly one is left is taken for a wrong pool and not for the truth. */
const ENOUGH_TO_DOUBT = 5;

/** A pool is doubted where less than this share of the users is still who they were. */
const LEAST_SHARE = 1 / 10;

type Resolutions = ReadonlyMap<string, Resolution>;

/** Users of a set who were in the pool before. */
export interface SeenUsers {
  /** The ids whose users were in the pool before, as far as that is known. */
  readonly seenBefore: Pick<ReadonlySet<string>, "has">;
  /**
   * By id, the system user id that it named then. Absent where nothing remembers that, and for ids that are system user ids:
   * there, whoever is found is who they were.
   */
  readonly bindings?: ReadonlyMap<string, string> | undefined;
}

/**
 * Detects a wrong pool: of five or more users who were in it before, fewer than a tenth is still who they were. Another pool
 * or tenant, or a key that may not read, looks as if everybody were gone; a copy of the pool, as if everybody were somebody
 * else.
 *
 * For looking without removing, as a refresh and a drift report do. A smaller set is believed there: somebody else may well
 * have deleted all of it, which has to be told as drift; nobody is deleted or forgotten for it, and the next look-up in the
 * right pool says so. What a removal forgets is for `detectWrongPoolAtRemoval`.
 *
 * @param ids of the whole set; whoever was not looked up counts as who they were
 * @returns the doubt in words; `undefined` where there is none
 */
export function detectWrongPool(
  seen: SeenUsers,
  ids: Iterable<string>,
  resolutions: Resolutions,
): Message | undefined {
  const tally = tallyOf(seen, ids, resolutions);
  const same = tally.same + tally.notLookedUp;
  return isDoubtful({ ...tally, same }) ? describe({ ...tally, same }) : undefined;
}

/** A removal, as far as the doubt about the pool looks at it. */
export interface DoubtedRemoval extends SeenUsers {
  readonly removed: readonly string[];
  readonly declared: Iterable<string>;
  /** Of the removed ids. */
  readonly resolutions: Resolutions;
  /** By system user id, whom removed ids named before that name nobody now. */
  readonly boundUsers: Resolutions;
  readonly lookUp: (ids: readonly string[]) => Promise<Resolutions>;
}

/**
 * Detects a wrong pool before somebody is removed: hardly one of those who leave is still who they were, nor of those who
 * stay, of whom up to 50 are looked up in one call. Where nobody stays to ask about, it takes five who leave.
 *
 * Of fewer than five in all, the pool is doubted where all of them are absent, unless one who leaves is there under another
 * id: that few ids were changed is likelier than a wrong pool.
 *
 * @returns the doubt in words; `undefined` where there is none
 */
export async function detectWrongPoolAtRemoval(removal: DoubtedRemoval): Promise<Message | undefined> {
  const { seenBefore, removed, declared, resolutions, boundUsers, lookUp } = removal;
  const left = removed.filter((id) => seenBefore.has(id));
  const staying = [...declared].filter((id) => seenBefore.has(id)).slice(0, MAX_IDS_PER_CALL);
  const leaving = tallyOf(removal, left, resolutions);
  if (staying.length === 0) return isDoubtful(leaving) ? describe(leaving) : undefined;
  if (!isHardlyAnybodyLeft(leaving)) return undefined;

  const isSmall = left.length + staying.length < ENOUGH_TO_DOUBT;
  const areAllAbsent = (tally: Tally, ids: readonly string[]): boolean => tally.absent === ids.length;
  if (isSmall && !areAllAbsent(leaving, left)) return undefined;
  if (isSmall && [...boundUsers.values()].some(({ kind }) => kind === "found")) return undefined;

  const stayers = tallyOf(removal, staying, await lookUp(staying));
  const isWrong = isSmall ? areAllAbsent(stayers, staying) : isHardlyAnybodyLeft(stayers);
  return isWrong ? describe(sumOf(leaving, stayers)) : undefined;
}

/** How many users are still who they were. Ids that could not be looked up are not counted. */
interface Tally {
  readonly same: number;
  readonly absent: number;
  /** Whose id names somebody else. */
  readonly others: number;
  readonly notLookedUp: number;
}

function tallyOf(
  { seenBefore, bindings }: SeenUsers,
  ids: Iterable<string>,
  resolutions: Resolutions,
): Tally {
  const tally = { same: 0, absent: 0, others: 0, notLookedUp: 0 };
  for (const id of ids) {
    if (!seenBefore.has(id)) continue;
    const resolution = resolutions.get(id);
    if (!resolution) tally.notLookedUp += 1;
    else if (resolution.kind === "absent") tally.absent += 1;
    else if (resolution.kind !== "undecided")
      tally[isStill(bindings?.get(id), resolution) ? "same" : "others"] += 1;
  }
  return tally;
}

function isStill(
  bound: string | undefined,
  resolution: Extract<Resolution, { kind: "found" | "several" }>,
): boolean {
  if (bound === undefined) return true;
  return resolution.kind === "found"
    ? isSameUserId(bound, resolution.userId)
    : resolution.users.some(({ userId }) => isSameUserId(bound, userId));
}

function sumOf(one: Tally, other: Tally): Tally {
  return {
    same: one.same + other.same,
    absent: one.absent + other.absent,
    others: one.others + other.others,
    notLookedUp: one.notLookedUp + other.notLookedUp,
  };
}

function sizeOf({ same, absent, others }: Tally): number {
  return same + absent + others;
}

function isHardlyAnybodyLeft(tally: Tally): boolean {
  return sizeOf(tally) > 0 && tally.same < sizeOf(tally) * LEAST_SHARE;
}

function isDoubtful(tally: Tally): boolean {
  return sizeOf(tally) >= ENOUGH_TO_DOUBT && isHardlyAnybodyLeft(tally);
}

function describe(tally: Tally): Message {
  const { same, absent, others } = tally;
  const isEmpty = same + others === 0;
  const number = (count: number): string => `${count} ${count === 1 ? "is" : "are"}`;
  const fact = isEmpty
    ? `All ${absent} users that were in the pool before and were looked up now are absent.`
    : `Of ${sizeOf(tally)} users that were in the pool before and were looked up now, ${number(same)} unchanged: ${number(absent)} absent, and ${others} ${others === 1 ? "id names" : "ids name"} another user than before.`;
  const suspects = isEmpty
    ? "another user pool, another tenant, or a key without permission to read users"
    : "another user pool, such as a copy of the right one";
  return {
    summary: isEmpty ? "None of the users is in this pool" : "Almost no user is the same in this pool",
    detail: `${fact} This looks like ${suspects}, so nothing was changed. Check the host, the access key id and the tenant id. If the pool is the right one, run once with GENAUTH_ACCEPT_EMPTY_POOL=1.`,
  };
}
