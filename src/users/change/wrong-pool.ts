import { MAX_IDS_PER_CALL } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { type Resolution, userIdsOf } from "../look-up/resolution";
import type { Message } from "../wording";

/** Below this number of users, their absence is more likely real than a sign of a wrong pool. */
const MIN_USERS = 5;

/** A pool counts as wrong if less than this share of its known users is unchanged. */
const MIN_SHARE = 1 / 10;

type Resolutions = ReadonlyMap<string, Resolution>;

/** Users of a set that were in the pool before. */
export interface KnownUsers {
  /** The ids whose users were in the pool before, as far as that is known. */
  readonly knownIds: Pick<ReadonlySet<string>, "has">;
  /**
   * The system user id that each id named then. Absent if nothing remembers it, and for ids of type `user_id`: such an id
   * never names another user.
   */
  readonly bindings?: ReadonlyMap<string, string> | undefined;
}

/**
 * Detects a wrong pool: of five or more users that were in it before, fewer than a tenth are unchanged. In another pool or
 * tenant, or with a key that cannot read users, all users seem to be gone. In a copy of the pool, all ids name other users.
 *
 * For a refresh and a drift report, which remove nobody. They accept the result for a smaller set: somebody may have deleted
 * all of it, and that is drift to report. Nobody is deleted or forgotten because of it, and the next look-up in the right
 * pool corrects it. `detectWrongPoolAtRemoval` is stricter, because a removal forgets users.
 *
 * @param ids all ids of the set; users that were not looked up count as unchanged
 * @param removed the ids that an earlier apply was to delete. Their users may be gone by now, which says nothing about the
 *   pool if a user who stays is unchanged
 * @returns the reason as a message; `undefined` if the pool seems right
 */
export function detectWrongPool(
  known: KnownUsers,
  ids: Iterable<string>,
  resolutions: Resolutions,
  removed: ReadonlySet<string> = new Set(),
): Message | undefined {
  const all = [...ids];
  const others = all.filter((id) => !removed.has(id));
  const staying = judgeUsers(known, others, resolutions, "same");
  if (staying.includes("same") && !isWrongPool(staying)) return undefined;
  const everybody = judgeUsers(known, all, resolutions, "same");
  return isWrongPool(everybody) ? describeWrongPool(everybody) : undefined;
}

/** What the check of the pool needs to know of a removal. */
export interface RemovalToCheck extends KnownUsers {
  readonly removed: readonly string[];
  readonly declared: Iterable<string>;
  /** Of the removed ids. */
  readonly resolutions: Resolutions;
  /** By system user id, the earlier users of removed ids that name nobody now. */
  readonly boundUsers: Resolutions;
  readonly lookUp: (ids: readonly string[]) => Promise<Resolutions>;
}

/**
 * Detects a wrong pool before a removal: almost none of the removed users is unchanged, nor of the remaining users, up to 50
 * of which are looked up in one call. If no user remains, at least five removed users are needed as evidence.
 *
 * With fewer than five users in all, the pool counts as wrong if all of them are absent, unless a removed user exists under
 * another id: a few changed ids are more likely than a wrong pool.
 *
 * @returns the reason as a message; `undefined` if the pool seems right
 */
export async function detectWrongPoolAtRemoval(removal: RemovalToCheck): Promise<Message | undefined> {
  const { knownIds, removed, declared, resolutions, boundUsers, lookUp } = removal;
  const leaving = removed.filter((id) => knownIds.has(id));
  const staying = [...declared].filter((id) => knownIds.has(id)).slice(0, MAX_IDS_PER_CALL);
  const leavers = judgeUsers(removal, leaving, resolutions);
  if (staying.length === 0) return isWrongPool(leavers) ? describeWrongPool(leavers) : undefined;
  if (!hasTooFewUnchanged(leavers)) return undefined;

  const isSmall = leaving.length + staying.length < MIN_USERS;
  const areAllAbsent = (verdicts: readonly Verdict[], ids: readonly string[]): boolean =>
    countOf(verdicts, "absent") === ids.length;
  if (isSmall && !areAllAbsent(leavers, leaving)) return undefined;
  if (isSmall && [...boundUsers.values()].some(({ kind }) => kind === "found")) return undefined;

  const stayers = judgeUsers(removal, staying, await lookUp(staying));
  const isWrong = isSmall ? areAllAbsent(stayers, staying) : hasTooFewUnchanged(stayers);
  return isWrong ? describeWrongPool([...leavers, ...stayers]) : undefined;
}

/** What became of a user who was in the pool before. `other`: the id names another user now. */
type Verdict = "same" | "absent" | "other";

/** Judges the users of ids, but for those whose look-up failed. @param ifNotLookedUp of those that were not looked up; default none */
function judgeUsers(
  { knownIds, bindings }: KnownUsers,
  ids: Iterable<string>,
  resolutions: Resolutions,
  ifNotLookedUp?: Verdict,
): Verdict[] {
  return [...ids].flatMap((id): Verdict | Verdict[] => {
    if (!knownIds.has(id)) return [];
    const resolution = resolutions.get(id);
    if (!resolution) return ifNotLookedUp ?? [];
    if (resolution.kind === "undecided") return [];
    if (resolution.kind === "absent") return "absent";
    const bound = bindings?.get(id);
    const isSame = (userId: string): boolean => bound === undefined || isSameUserId(bound, userId);
    return userIdsOf(resolution).some(isSame) ? "same" : "other";
  });
}

function countOf(verdicts: readonly Verdict[], verdict: Verdict): number {
  return verdicts.filter((its) => its === verdict).length;
}

function hasTooFewUnchanged(verdicts: readonly Verdict[]): boolean {
  return verdicts.length > 0 && countOf(verdicts, "same") < verdicts.length * MIN_SHARE;
}

function isWrongPool(verdicts: readonly Verdict[]): boolean {
  return verdicts.length >= MIN_USERS && hasTooFewUnchanged(verdicts);
}

function describeWrongPool(verdicts: readonly Verdict[]): Message {
  const same = countOf(verdicts, "same");
  const absent = countOf(verdicts, "absent");
  const others = countOf(verdicts, "other");
  const isEmpty = same + others === 0;
  const suspects = isEmpty
    ? "another user pool, another tenant, or a key without permission to read users"
    : "another user pool, such as a copy of the right one";
  return {
    summary: isEmpty ? "None of the users is in this pool" : "Almost no user is the same in this pool",
    detail: `Of ${verdicts.length} users that were in the pool before and were looked up now: ${same} unchanged, ${absent} absent, ${others} with an id that names another user than before. This looks like ${suspects}, so nothing was changed. Check the host, the access key id and the tenant id. If the pool is the right one, run once with GENAUTH_ACCEPT_EMPTY_POOL=1.`,
  };
}
