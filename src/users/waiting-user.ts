/** A user who left a set with `suspend_days`, and waits for the deletion. */
export interface WaitingUser {
  /** The id by which the set declared the user. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** The system user id. */
  readonly userId: string;
  /** The status with which the user began to wait; absent if GenAuth showed none. */
  readonly status?: string;
  /** When that status was set, as GenAuth showed it; absent if GenAuth showed none. */
  readonly statusChangedAt?: string;
  /** Whether this set suspended the user. Nobody else is ever reactivated. */
  readonly isOurs: boolean;
  /** The day from which the user is deleted: RFC 3339, 00:00 UTC. */
  readonly deleteFrom: string;
  /** The `suspend_days` that led to this day, the most since the user began to wait: only more than these postpone it. */
  readonly days: number;
  /** Whether a refresh found that the day has come by GenAuth's clock. */
  readonly isDue: boolean;
  /**
   * Whether a call may have deleted the user, and no look-up confirmed it, or the archive of deleted users lists the user. Only then does absence mean that the user is gone.
   */
  readonly isDeletionTried?: boolean;
}

/** The most days for which a set suspends users before it deletes them: long enough for any notice, short enough to come. */
const MOST_SUSPEND_DAYS = 90;

/** Checks a number that is to be `suspend_days`. Returns what it must be, as in "set …"; `undefined` if it is that. */
export function checkSuspendDays(days: number): string | undefined {
  const isRight = Number.isSafeInteger(days) && days >= 0 && days <= MOST_SUSPEND_DAYS;
  return isRight ? undefined : `a whole number of days from 0 to ${MOST_SUSPEND_DAYS}`;
}

/** A day in milliseconds. */
export const DAY_MS = 24 * 3600 * 1000;

/**
 * The day from which a user is deleted: so many days after a moment, rounded up to 00:00 UTC, so that the users of one apply have
 * one date.
 *
 * @param since milliseconds since 1970, by GenAuth's clock
 * @returns RFC 3339
 */
export function deletionDay(since: number, days: number): string {
  return rfc3339(Math.ceil(since / DAY_MS + days) * DAY_MS);
}

/** A moment before which a user did not wait yet, in milliseconds since 1970 on GenAuth's clock. */
export function waitsSince(deleteFrom: string, days: number): number {
  // The day was rounded up.
  return Date.parse(deleteFrom) - (days + 1) * DAY_MS;
}

/** Later than any day that a set can wait for, so a mistake. */
const LATEST_TIME = Date.parse("9000-01-01T00:00:00Z");

/** How far a remembered time may be ahead of an answer that comes out of a cache. Farther, an earlier answer was wrong. */
const MOST_AHEAD_MS = 30 * DAY_MS;

/** Whether a remembered time is so far ahead of an answer's that it counts no more. Both in milliseconds since 1970. */
export function isTooFarAhead(seen: number | undefined, now: number | undefined): seen is number {
  return seen !== undefined && now !== undefined && seen - now > MOST_AHEAD_MS;
}

/**
 * The time on GenAuth's clock by which days count: the latest of an answer's, the remembered one and that of a change of status, in milliseconds since
 * 1970. An answer may be outdated, such as one that comes out of a cache, and a day that counted from it would come too early.
 *
 * @param seen the latest time that earlier answers had
 */
export function latestTime(
  now: number | undefined,
  seen: number | undefined,
  changed?: number,
): number | undefined {
  const times = [now, isTooFarAhead(seen, now) ? undefined : seen, changed];
  const known = times.filter((time) => time !== undefined && time < LATEST_TIME) as readonly number[];
  return known.length === 0 ? undefined : Math.max(...known);
}

/** A date that is later by so many days. */
export function postpone(date: string, days: number): string {
  return rfc3339(Date.parse(date) + days * DAY_MS);
}

/** The day of a moment in milliseconds since 1970, for messages. */
export function dateOf(milliseconds: number): string {
  return rfc3339(milliseconds).slice(0, "2026-01-01".length);
}

function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
