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
  /** Whether a refresh found that the day has come by GenAuth's clock. */
  readonly isDue: boolean;
}

/**
 * The most days for which a set suspends users before it deletes them: long enough for any notice, short
 * enough to come.
 */
const MOST_SUSPEND_DAYS = 90;

/**
 * Checks a number that is to be `suspend_days`. Returns what it must be, as in "set …"; `undefined` if it is
 * that.
 */
export function checkSuspendDays(days: number): string | undefined {
  const isRight = Number.isSafeInteger(days) && days >= 0 && days <= MOST_SUSPEND_DAYS;
  return isRight ? undefined : `a whole number of days from 0 to ${MOST_SUSPEND_DAYS}`;
}

/** A day in milliseconds. */
export const DAY_MS = 24 * 3600 * 1000;

/**
 * The day from which a user is deleted: so many days after a moment, rounded up to 00:00 UTC, so that the
 * users of one apply have one date.
 *
 * @param since milliseconds since 1970, by GenAuth's clock
 * @returns RFC 3339
 */
export function deletionDay(since: number, days: number): string {
  return rfc3339(Math.ceil(since / DAY_MS + days) * DAY_MS);
}

/** The day of a moment in milliseconds since 1970, for messages. */
export function dateOf(milliseconds: number): string {
  return rfc3339(milliseconds).slice(0, "2026-01-01".length);
}

function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
