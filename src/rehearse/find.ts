import type { FullUser, PoolProbe, Probed, UserSearch } from "../api";
import { describeFailure, isRefusal, isTooLong } from "../findings";
import { MAX_IDS_PER_CALL } from "../users";

/** Why a rehearsal stops asking. */
export class RehearsalHalt extends Error {
  /** Whether not even the test users may be deleted now. */
  readonly leaveUsers: boolean;

  constructor(message: string, { leaveUsers = false }: { readonly leaveUsers?: boolean } = {}) {
    super(message);
    this.name = "RehearsalHalt";
    this.leaveUsers = leaveUsers;
  }
}

export const INTERRUPTED = "The rehearsal was interrupted.";

/** A call that was not answered in a way that tells anything. */
export function haltBy(failed: Extract<Probed<unknown>, { ok: false }>): RehearsalHalt {
  return new RehearsalHalt(`A call failed. ${describeFailure(failed)}`);
}

/** Finds users by ids of one type. A service that refuses ids that nobody has, or so long
 * a URL, is asked for each id alone. */
export async function findUsers(
  probe: PoolProbe,
  ids: readonly string[],
  type: string,
): Promise<readonly FullUser[]> {
  const found = new Map<string, FullUser>();
  for (let at = 0; at < ids.length; at += MAX_IDS_PER_CALL)
    for (const user of await findSome(probe, ids.slice(at, at + MAX_IDS_PER_CALL), type))
      found.set(user.userId, user);
  return [...found.values()];
}

async function findSome(
  probe: PoolProbe,
  ids: readonly string[],
  type: string,
): Promise<readonly FullUser[]> {
  const answer = await probe.lookUpFull(ids, type);
  if (answer.ok) return answer.value;
  const isTooMany = ids.length > 1 && isTooLong(answer);
  if (!isRefusal(answer) && !isTooMany) throw haltBy(answer);
  if (ids.length === 1) return [];
  const found: FullUser[] = [];
  for (const id of ids) found.push(...(await findSome(probe, [id], type)));
  return found;
}

/** One page of a search, or `undefined` if the service refuses it or the key may not list users. */
export async function searchPage(
  probe: PoolProbe,
  search: UserSearch,
  page = 1,
): Promise<{ readonly totalCount: number; readonly list: readonly FullUser[] } | undefined> {
  const answer = await probe.listFullPage(search, page);
  if (answer.ok) return answer.value;
  if (answer.failure.transient) throw haltBy(answer);
  return undefined;
}

/** The test users of a run, as a search finds them. */
export function searchByRun(probe: PoolProbe, run: string) {
  return searchPage(probe, { conditions: [{ field: "username", operator: "CONTAINS", value: run }] });
}

/**
 * The number of users who are not of the run; `undefined` if the key may not list them, or the search does not tell them
 * apart. Both numbers come from one index, so that its lag does not matter.
 */
export async function countOthers(probe: PoolProbe, run: string): Promise<number | undefined> {
  const marked = await searchByRun(probe, run);
  const total = await countUsers(probe);
  if (!marked || total === undefined) return undefined;
  if (!marked.list.every(({ username }) => typeof username === "string" && username.startsWith(run)))
    return undefined;
  return total - marked.totalCount;
}

/** The number of users in the pool, if the key may list them. */
export async function countUsers(probe: PoolProbe): Promise<number | undefined> {
  return (await searchPage(probe, {}))?.totalCount;
}
