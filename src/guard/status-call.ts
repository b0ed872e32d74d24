import type { StatusMark } from "../users";

/** A call of a run that set a status, or may have. */
export interface StatusCall {
  /** When the status before the call was set, as GenAuth showed it; absent if GenAuth showed none. */
  readonly changedBefore?: string;
  /** GenAuth's time before the call and after it, in milliseconds since 1970; absent if its answers hold no time. */
  readonly during?: { readonly from: number; readonly until: number };
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
