import { createHash } from "node:crypto";
import type { RunSettings } from "../operator";
import { type Check, SharedArchive, type UserArchive } from "../users";

/** What an incremental refresh needs beyond the look-ups. */
export interface IncrementalRefresh extends Check {
  readonly archive: UserArchive;
}

/**
 * Prepares the incremental refreshes of this run.
 *
 * @param archive the pool's record of deleted users
 * @param now milliseconds since 1970, at a moment before anybody is looked up: the sets of a run share their look-ups,
 *   so none of their checks may claim to have begun later
 */
export function incrementalRefresh(
  { fullRefreshHours, host, accessKeyId, tenantId = "" }: RunSettings,
  archive: UserArchive,
  now: number,
): IncrementalRefresh {
  const pool = createHash("sha256").update(JSON.stringify([host, accessKeyId, tenantId]));
  return {
    archive: new SharedArchive(archive),
    now: Math.floor(now / 1000),
    pool: pool.digest("hex").slice(0, 16),
    fullLasts: fullRefreshHours * 3600,
  };
}
