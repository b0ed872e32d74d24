import { createHash } from "node:crypto";
import { MAX_IDS_PER_CALL } from "../directory";
import { isSameUserId, userIdKey } from "../ids/id-types";
import type { Resolution } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import { UserIdType } from "../user-id-type";
import { SharedArchive, type UserArchive } from "./archive";

/** How a refresh finds out which users of a set are still in the pool. */
export enum Refresh {
  /** Looks up all users, 50 per call. Correct in every case. */
  FULL = "full",
  /**
   * Reads GenAuth's archive of users deleted since the last check, and looks up only users that it names and unsettled ids. An
   * id that changes in the pool without a deletion is found by the next full look-up.
   */
  INCREMENTAL = "incremental",
}

/** What the last check knew about a set. */
export interface KnownSet {
  readonly ids: readonly string[];
  /** Id -> system user id, for users that were ever found. */
  readonly bindings: ReadonlyMap<string, string>;
  /** Ids whose user the last check did not confirm: missing, taken over by another user, or not declared. */
  readonly unsettled: ReadonlySet<string>;
}

/** What is kept of checks that decided every id of a set. All times are in seconds since 1970. */
export interface Checkpoint {
  /** When all users were looked up last. */
  readonly full: number;
  /** The start of a check. Earlier deletions were found by this or a later check. Never before `full`. */
  readonly since: number;
  /** Identifies the host and tenant. */
  readonly pool: string;
  /** Identifies the key that made the full look-up. Another key may belong to another pool of the same host. */
  readonly key: string;
}

/** The check to make. */
export interface Check {
  /** The start of the check, before any look-up, in seconds since 1970. */
  readonly now: number;
  /** As in the checkpoint. */
  readonly pool: string;
  /** As in the checkpoint. */
  readonly key: string;
  /** For how many seconds a full look-up is valid. */
  readonly fullLasts: number;
}

/** What an incremental refresh needs beyond the look-ups. */
export interface IncrementalRefresh extends Check {
  readonly archive: UserArchive;
}

/** By what the checks of a run are told from those of other runs. */
export interface RunOfChecks {
  readonly host: string;
  readonly tenantId?: string | undefined;
  readonly accessKeyId: string;
  /** For how many hours a full look-up is valid. */
  readonly fullRefreshHours: number;
}

/**
 * Prepares the incremental refreshes of a run, before any look-up: the sets of a run share their look-ups, so none of their checks may claim a
 * later start.
 *
 * @param archive the pool's archive of deleted users
 */
export function prepareIncrementalRefresh(
  { host, tenantId = "", accessKeyId, fullRefreshHours }: RunOfChecks,
  archive: UserArchive,
): IncrementalRefresh {
  const hash = (value: readonly string[]): string =>
    createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
  return {
    archive: new SharedArchive(archive),
    now: Math.floor(Date.now() / 1000),
    pool: hash([host, tenantId]),
    key: hash([accessKeyId]),
    fullLasts: fullRefreshHours * 3600,
  };
}

/** The checkpoint of a check that looked up all users and decided every id. */
export function checkpointOf({ now, pool, key }: Check): Checkpoint {
  return { full: now, since: now, pool, key };
}

/**
 * How far before the last check the archive is read again, in seconds. GenAuth refuses requests whose date differs from its
 * clock by some minutes (apiCode 1305; the limit is not published, the emulator uses five), so the clock that wrote the
 * checkpoint was off by no more. The rest of the margin covers an archive or a look-up that lags behind a deletion.
 */
const MARGIN_SECONDS = 15 * 60;

/** The ids that an incremental refresh looks up, and the checkpoint to keep. */
export interface RefreshSelection {
  readonly ids: readonly string[];
  /** Kept if the look-ups decide every id. */
  readonly checkpoint: Checkpoint;
  /** Why all users are looked up, if they are. */
  readonly fallback?: {
    /** As the end of a sentence. */
    readonly why: string;
    /** Whether the archive was requested and cannot be used. */
    readonly archiveFailed: boolean;
  };
}

/**
 * Reads which users were deleted since the last check, if that takes fewer calls than looking up all users.
 *
 * @param last the checkpoint of the last check
 * @param stop start nothing new once this fires
 */
export async function selectIdsToRefresh(
  set: KnownSet,
  last: Checkpoint | undefined,
  check: IncrementalRefresh & { readonly lookUps: Pick<UserLookUps, "resolve"> },
  stop?: AbortSignal,
): Promise<RefreshSelection> {
  const full = (why: string, archiveFailed = false): RefreshSelection => ({
    ids: set.ids,
    checkpoint: checkpointOf(check),
    fallback: { why, archiveFailed },
  });
  if (!last) return full("no earlier check decided every id");
  const unusable = findCheckpointProblem(last, check);
  if (unusable !== undefined) return full(unusable);
  const pages = countPagesWorthReading(set);
  if (pages === 0) return full("that takes no more calls");
  if (last.key !== check.key && !(await findsKnownUser(set, check.lookUps, stop)))
    return full("the last check used another key, and this one finds none of its users");

  const archived = await check.archive.archivedSince(last.since - MARGIN_SECONDS, pages, stop);
  if (!archived.ok) return full(archived.failure.message, true);
  if (!archived.value) return full("too many users were deleted since the last check");
  return {
    ids: selectUnsettledIds(set, archived.value),
    // While the archive since then fits in one page, a later start saves no call and would only change the state.
    checkpoint: archived.value.length > MAX_IDS_PER_CALL ? { ...last, since: check.now } : last,
  };
}

/** Why this check cannot use a checkpoint, as the end of a sentence; `undefined` if it can. */
function findCheckpointProblem(checkpoint: Checkpoint, check: Check): string | undefined {
  if (checkpoint.pool !== check.pool) return "the last check used another host or tenant";
  if (check.now < Math.max(checkpoint.since, checkpoint.full))
    return "this machine's clock is before the last check";
  if (check.now - checkpoint.full >= check.fullLasts) return "the last full look-up is too old";
  return undefined;
}

/**
 * Whether a key reaches the pool of a set: it finds one of 50 users by system user id, which no other pool has. A pipeline
 * plans and applies with two keys, so without this call each would start anew.
 */
async function findsKnownUser(
  { ids, bindings, unsettled }: KnownSet,
  lookUps: Pick<UserLookUps, "resolve">,
  stop?: AbortSignal,
): Promise<boolean> {
  const settled = ids.flatMap((id) => (unsettled.has(id) ? [] : (bindings.get(id) ?? [])));
  const sample = settled.slice(0, MAX_IDS_PER_CALL);
  const found = await lookUps.resolve(sample, UserIdType.USER_ID, stop ? { stop } : {});
  return [...found.values()].some(({ kind }) => kind === "found");
}

/**
 * Whether a checkpoint is still valid after an apply that added or removed users. If the apply used another key, only if one
 * of the users that it looked up is the one that the id named before: otherwise, its users may be those of another pool.
 */
export function outlastsApply(
  checkpoint: Checkpoint,
  check: Check | undefined,
  bindings: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
): boolean {
  if (checkpoint.pool !== check?.pool) return false;
  if (checkpoint.key === check.key) return true;
  return [...resolutions].some(([id, found]) => {
    const bound = bindings.get(id);
    return found.kind === "found" && bound !== undefined && isSameUserId(found.userId, bound);
  });
}

/**
 * Selects the ids to look up. All other users count as present, as at the last check. The archive alone never makes a user
 * missing.
 *
 * @param archived system user ids that the archive names
 */
function selectUnsettledIds({ ids, bindings, unsettled }: KnownSet, archived: Iterable<string>): string[] {
  const deleted = new Set([...archived].map(userIdKey));
  return ids.filter((id) => {
    const bound = bindings.get(id);
    return bound === undefined || unsettled.has(id) || deleted.has(userIdKey(bound));
  });
}

/**
 * How many pages of the archive are worth reading: half of the calls that they can save, because users named by a page are
 * looked up as well. 0 if no call can be saved.
 */
function countPagesWorthReading(set: KnownSet): number {
  return Math.floor((callsFor(set.ids.length) - callsFor(selectUnsettledIds(set, []).length)) / 2);
}

function callsFor(ids: number): number {
  return Math.ceil(ids / MAX_IDS_PER_CALL);
}
