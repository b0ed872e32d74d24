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

/** Why a checkpoint says nothing about this check, as the end of a sentence; `undefined` where it does. */
export function whyNotUsable(checkpoint: Checkpoint, check: Check): string | undefined {
  if (checkpoint.pool !== check.pool) return "the last check was of another host, key or tenant";
  if (check.now < Math.max(checkpoint.since, checkpoint.full))
    return "this machine's clock is before the last check";
  if (check.now - checkpoint.full >= check.fullLasts) return "the last full look-up is too old";
  return undefined;
}
