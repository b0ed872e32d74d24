import type { DirectoryUser, SettableStatus } from "./directory";

/** The status that GenAuth gives users who may log in, and the one that a suspension sets. */
export const ACTIVATED = "Activated";
export const SUSPENDED = "Suspended";

/**
 * The status from which users are given another one, by the provider and by the guard. Every other status is somebody else's decision, and stays.
 */
export const STATUS_BEFORE: Readonly<Record<SettableStatus, string>> = {
  [SUSPENDED]: ACTIVATED,
  [ACTIVATED]: SUSPENDED,
};

/** A user's status and when it was set, as a look-up showed them; either may be absent. */
export type StatusMark = Pick<DirectoryUser, "status" | "statusChangedAt">;

/** Whether nobody has changed the status in between. */
export function isUnchanged(before: StatusMark, now: StatusMark): boolean {
  return now.status === before.status && now.statusChangedAt === before.statusChangedAt;
}

/** Only the mark of a user. */
export function markOf({ status, statusChangedAt }: StatusMark): StatusMark {
  return { status, statusChangedAt };
}

/** A call that set a status, or may have. */
export interface StatusCall {
  /** When the status before the call was set, as GenAuth showed it; absent if GenAuth showed none. */
  readonly changedBefore?: string;
  /** GenAuth's time before the call and after it, in milliseconds since 1970; absent if its answers hold no time. */
  readonly during?: { readonly from: number; readonly until: number };
}

/**
 * A call of a set that may have suspended a user, although no look-up has confirmed it, or none can prove that it was this call. Without
 * the time of the call, no status is ever taken for one that this set has set.
 */
export interface SuspensionAttempt extends StatusCall {
  /** The label that the user's id had while it was declared; may be empty. */
  readonly label: string;
  /** The system user id. */
  readonly userId: string;
}

/** GenAuth's Date header has whole seconds, and so have some time stamps. */
const CLOCK_STEP_MS = 2000;

/** Whether a status was certainly set by the call: GenAuth shows when, it is another time than before, and the time of the call. */
export function isSetBy({ changedBefore, during }: StatusCall, { statusChangedAt }: StatusMark): boolean {
  if (statusChangedAt === undefined || statusChangedAt === changedBefore) return false;
  if (!during) return false;
  const at = Date.parse(statusChangedAt);
  return at >= during.from - CLOCK_STEP_MS && at <= during.until + CLOCK_STEP_MS;
}
