import { MAX_IDS_PER_CALL } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { type Resolution, userIdsOf } from "../look-up/resolution";
import type { Message } from "../wording";

/*
 * In another pool or tenant, or with a key that cannot read users, all users seem to be gone. In a copy of
 * the pool, all ids name other users. There is one rule: of five or more users who were known, fewer than a
 * tenth are still who they were. Of fewer users, it is more likely that they really are gone
 * (docs/guides/trust.md, P2 and N7).
 */
const MIN_USERS = 5;
const MIN_SHARE = 1 / 10;

type Resolutions = ReadonlyMap<string, Resolution>;

/** Users of a set that were in the pool before. */
export interface KnownUsers {
  /** The ids whose users were in the pool before, as far as that is known. */
  readonly knownIds: Pick<ReadonlySet<string>, "has">;
  /**
   * The system user id that each id named then. Absent if nothing remembers it, and for ids of type
   * `user_id`: such an id never names another user.
   */
  readonly bindings?: ReadonlyMap<string, string> | undefined;
}

/**
 * Detects a wrong pool.
 *
 * @param resolutions of the ids of the set
 * @param leaving ids of users who may be gone by now, because they are removed. They say something only if
 *   fewer than five others are known
 * @returns the reason as a message; `undefined` if the pool seems right
 */
export function detectWrongPool(
  known: KnownUsers,
  resolutions: Resolutions,
  leaving: ReadonlySet<string> = new Set(),
): Message | undefined {
  const staying = new Map([...resolutions].filter(([id]) => !leaving.has(id)));
  const stayers = judgeUsers(known, staying);
  const verdicts = stayers.length < MIN_USERS ? judgeUsers(known, resolutions) : stayers;
  const isWrong = verdicts.length >= MIN_USERS && areOthers(verdicts);
  return isWrong ? describeWrongPool(verdicts) : undefined;
}

/** What the check of the pool needs to know of a removal. */
export interface RemovalToCheck extends KnownUsers {
  readonly removed: readonly string[];
  readonly declared: Iterable<string>;
  /** Of the removed ids. */
  readonly resolutions: Resolutions;
  readonly lookUp: (ids: readonly string[]) => Promise<Resolutions>;
}

/**
 * Detects a wrong pool before a removal, by those who leave and up to 50 of those who stay, who are looked up
 * in one call. If a tenth of those who leave are who they were, that call is spared.
 *
 * @returns the reason as a message; `undefined` if the pool seems right
 */
export async function detectWrongPoolAtRemoval(removal: RemovalToCheck): Promise<Message | undefined> {
  const { knownIds, removed, declared, resolutions, lookUp } = removal;
  if (!areOthers(judgeUsers(removal, resolutions))) return undefined;
  const staying = [...declared].filter((id) => knownIds.has(id)).slice(0, MAX_IDS_PER_CALL);
  const sample = await lookUp(staying);
  return detectWrongPool(removal, new Map([...resolutions, ...sample]), new Set(removed));
}

/** What became of a user who was in the pool before. `other`: the id names another user now. */
type Verdict = "same" | "absent" | "other";

/** Judges the users who were known, but for those whose look-up failed. */
function judgeUsers({ knownIds, bindings }: KnownUsers, resolutions: Resolutions): Verdict[] {
  return [...resolutions].flatMap(([id, resolution]): Verdict | Verdict[] => {
    if (!knownIds.has(id) || resolution.kind === "undecided") return [];
    if (resolution.kind === "absent") return "absent";
    const bound = bindings?.get(id);
    const isSame = (userId: string): boolean => bound === undefined || isSameUserId(bound, userId);
    return userIdsOf(resolution).some(isSame) ? "same" : "other";
  });
}

function countOf(verdicts: readonly Verdict[], verdict: Verdict): number {
  return verdicts.filter((its) => its === verdict).length;
}

/** Whether fewer than a tenth are still who they were. */
function areOthers(verdicts: readonly Verdict[]): boolean {
  return countOf(verdicts, "same") < verdicts.length * MIN_SHARE;
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
