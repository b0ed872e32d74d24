import { MAX_IDS_PER_CALL } from "../directory";
import type { UserArchive } from "./archive";
import { type Check, type Checkpoint, checkpointOf, whyNotUsable } from "./checkpoint";
import { type KnownSet, pagesWorthReading, unsettledIds } from "./unsettled-ids";

/**
 * How far before the last check the record is read again, in seconds. GenAuth refuses requests whose date is some minutes
 * from its own clock (apiCode 1305; how many is not published, the emulator takes five), so the clock that wrote the
 * checkpoint was off by no more; the rest is for a record, or a look-up, that lags behind a deletion.
 */
export const MARGIN_SECONDS = 15 * 60;

/** Whom an incremental refresh looks up, and what is to be kept of it. */
export interface LookUpPlan {
  readonly ids: readonly string[];
  /** To be kept where the look-ups decide every id. */
  readonly checkpoint: Checkpoint;
  /** Why everybody is looked up, where that is so. */
  readonly fallback?: {
    /** As the end of a sentence. */
    readonly why: string;
    /** Whether the record of deleted users was asked, and cannot be used. */
    readonly archiveFailed: boolean;
  };
}

/**
 * Reads who was deleted since the last check, where that is known and costs less than to look everybody up.
 *
 * @param last what was kept of the last check
 * @param stop start nothing new once this fires
 */
export async function planLookUps(
  set: KnownSet,
  last: Checkpoint | undefined,
  check: Check & { readonly archive: UserArchive },
  stop?: AbortSignal,
): Promise<LookUpPlan> {
  const full = (why: string, archiveFailed = false): LookUpPlan => ({
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
    // As long as one page holds the record, to read it from later on saves no call, and would write the state for nothing.
    checkpoint: archived.value.length > MAX_IDS_PER_CALL ? { ...last, since: check.now } : last,
  };
}
