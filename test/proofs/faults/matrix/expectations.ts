import type { Outcome } from "../support/disturbed-run";

/** The phase of a run that a call belongs to. Only a run of the null resource looks for the drift of a whole set, at its end. */
export type Phase = "refresh" | "look-up before" | "delete" | "read-back" | "drift";

/** The outcomes of a fault at one call (the first, one in the middle or the last) and at every call of a phase. */
export interface Expected {
  readonly once: Outcome;
  readonly always: Outcome;
}

/** The expected outcomes of a kind of fault, by phase. Absent: it cannot happen in that phase. */
export type Expectations = Readonly<Partial<Record<Phase, Expected>>>;

/** All users are deleted by then. The report names users that could not be looked up. */
const drift = { once: "recovered", always: "recovered" } as const satisfies Expected;

/** Temporary, and the call may have been carried out: look-ups are repeated, and users are looked up before another deletion. */
export const TEMPORARY = {
  refresh: { once: "recovered", always: "refused" },
  "look-up before": { once: "recovered", always: "reported" },
  delete: { once: "recovered", always: "reported" },
  "read-back": { once: "recovered", always: "reported" },
  drift,
} as const satisfies Expectations;

/** Permanent, but only for this call: the users who are not its reason are looked up or deleted in smaller calls. */
export const OF_THIS_CALL = TEMPORARY;

/** It would affect every other call too, so nothing more is tried. */
export const OF_EVERY_CALL = {
  refresh: { once: "refused", always: "refused" },
  "look-up before": { once: "reported", always: "reported" },
  delete: { once: "reported", always: "reported" },
  "read-back": { once: "reported", always: "reported" },
  drift,
} as const satisfies Expectations;

/** The answer is correct all the same. */
export const HARMLESS = {
  refresh: { once: "recovered", always: "recovered" },
  "look-up before": { once: "recovered", always: "recovered" },
  delete: { once: "recovered", always: "recovered" },
  "read-back": { once: "recovered", always: "recovered" },
  drift,
} as const satisfies Expectations;

/** The users were deleted, and only the answer is damaged: the look-ups after it confirm the deletion. */
export const WHEN_CARRIED_OUT = {
  delete: { once: "recovered", always: "recovered" },
} as const satisfies Expectations;

/** GenAuth reports a success and deleted nobody: only the read-back detects that. */
export const FALSE_SUCCESS = {
  delete: { once: "reported", always: "reported" },
} as const satisfies Expectations;

/** The expectations for the phases that only read. */
export function reads(expected: Expectations): Expectations {
  return Object.fromEntries(Object.entries(expected).filter(([phase]) => phase !== "delete"));
}
