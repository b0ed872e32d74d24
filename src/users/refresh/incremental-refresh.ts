import { MAX_IDS_PER_CALL } from "../directory";
import { userIdKey } from "../ids/id-types";
import type { UserArchive } from "./archive";

/** How a refresh finds out who of a set is still in the pool. */
export enum Refresh {
  /** Everybody is looked up, 50 a call. Right in every case. */
  FULL = "full",
  /**
   * GenAuth's archive of deleted users is read since the last check, and only those are looked up whom it names or of
   * whom nothing is settled. An id that changes in the pool without a deletion is seen by the next full look-up.
   */
  INCREMENTAL = "incremental",
}

/** Whether a text is one of them. */
export function isRefresh(text: string): text is Refresh {
  return (Object.values(Refresh) as readonly string[]).includes(text);
}

/** What the last check knew of a set. */
export interface KnownSet {
  readonly ids: readonly string[];
  /** Id -> system user id, of those who were found at some time. */
  readonly bindings: ReadonlyMap<string, string>;
  /** Ids of which the last check does not say that their user is there: missing, in other hands, or not declared. */
  readonly unsettled: ReadonlySet<string>;
}

/** What is kept of the checks of a set that decided every id of it. All times are in seconds since 1970. */
export interface Checkpoint {
  /** When everybody was looked up last. */
  readonly full: number;
  /** When a check began: whoever was deleted before, it or a later one saw. Never before `full`. */
  readonly since: number;
  /** Tells one pool, key and tenant from another. */
  readonly pool: string;
}

/** The check that is to be made. */
export interface Check {
  /** When it began, in seconds since 1970: before anybody was looked up. */
  readonly now: number;
  /** As in the checkpoint. */
  readonly pool: string;
  /** For how many seconds a full look-up lasts. */
  readonly fullLasts: number;
}

/** The checkpoint of a check that looked everybody up, and decided every id. */
export function checkpointOf({ now, pool }: Check): Checkpoint {
  return { full: now, since: now, pool };
}

/**
 * How far before the last check the archive is read again, in seconds. GenAuth refuses requests whose date is some minutes
 * from its own clock (apiCode 1305; how many is not published, the emulator takes five), so the clock that wrote the
 * checkpoint was off by no more; the rest is for an archive, or a look-up, that lags behind a deletion.
 */
export const MARGIN_SECONDS = 15 * 60;

/** The ids that an incremental refresh looks up, and what is to be kept of it. */
export interface RefreshSelection {
  readonly ids: readonly string[];
  /** To be kept where the look-ups decide every id. */
  readonly checkpoint: Checkpoint;
  /** Why everybody is looked up, where that is so. */
  readonly fallback?: {
    /** As the end of a sentence. */
    readonly why: string;
    /** Whether the archive was asked, and cannot be used. */
    readonly archiveFailed: boolean;
  };
}

/**
 * Reads who was deleted since the last check, where that is known and costs less than to look everybody up.
 *
 * @param last what was kept of the last check
 * @param stop start nothing new once this fires
 */
export async function selectIdsToRefresh(
  set: KnownSet,
  last: Checkpoint | undefined,
  check: Check & { readonly archive: UserArchive },
  stop?: AbortSignal,
): Promise<RefreshSelection> {
  const full = (why: string, archiveFailed = false): RefreshSelection => ({
    ids: set.ids,
    checkpoint: checkpointOf(check),
    fallback: { why, archiveFailed },
  });
  if (!last) return full("no earlier check decided every id");
  const unusable = whyNotUsable(last, check);
  if (unusable !== undefined) return full(unusable);
  const pages = pagesWorthReading(set);
  if (pages === 0) return full("that takes no more calls");

  const archived = await check.archive.archivedSince(last.since - MARGIN_SECONDS, pages, stop);
  if (!archived.ok) return full(archived.failure.message, true);
  if (!archived.value) return full("too many users were deleted since the last check");
  return {
    ids: unsettledIds(set, archived.value),
    // As long as one page holds the archive since then, to read it from later on saves no call, and would write the state for nothing.
    checkpoint: archived.value.length > MAX_IDS_PER_CALL ? { ...last, since: check.now } : last,
  };
}

/** Why a checkpoint says nothing about this check, as the end of a sentence; `undefined` where it does. */
function whyNotUsable(checkpoint: Checkpoint, check: Check): string | undefined {
  if (checkpoint.pool !== check.pool) return "the last check used another host, key or tenant";
  if (check.now < Math.max(checkpoint.since, checkpoint.full))
    return "this machine's clock is before the last check";
  if (check.now - checkpoint.full >= check.fullLasts) return "the last full look-up is too old";
  return undefined;
}

/**
 * The ids that must be looked up: everybody else counts as there, as at the last check. The archive alone makes nobody
 * missing.
 *
 * @param archived system user ids that the archive names
 */
function unsettledIds({ ids, bindings, unsettled }: KnownSet, archived: Iterable<string>): string[] {
  const deleted = new Set([...archived].map(userIdKey));
  return ids.filter((id) => {
    const bound = bindings.get(id);
    return bound === undefined || unsettled.has(id) || deleted.has(userIdKey(bound));
  });
}

/**
 * How many pages of the archive are worth reading: half of the calls that they can save, because whoever a page names
 * is looked up besides. 0 where nothing can be saved.
 */
function pagesWorthReading(set: KnownSet): number {
  return Math.floor((callsFor(set.ids.length) - callsFor(unsettledIds(set, []).length)) / 2);
}

function callsFor(ids: number): number {
  return Math.ceil(ids / MAX_IDS_PER_CALL);
}
