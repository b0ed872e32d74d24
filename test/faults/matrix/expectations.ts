import type { Outcome } from "../support/disturbed-run";

/** Where in a run a call stands; the drift of a whole set is looked for at the end of a run of the null resource only. */
export type Phase = "refresh" | "look-up before" | "delete" | "read-back" | "drift";

/** What becomes of a fault at one call (the first, one in the middle or the last), and at every call of its phase. */
export interface Expected {
  readonly once: Outcome;
  readonly always: Outcome;
}

/** A kind of fault: what it is expected to come to in each phase. Absent: it cannot happen there. */
export type Expectations = Readonly<Partial<Record<Phase, Expected>>>;

/** By then nobody is left to be deleted; who could not be looked up is told. */
const drift = { once: "mended", always: "mended" } as const satisfies Expected;

/** It passes by itself, and may have been carried out: what is read is read again, what is deleted is looked up first. */
export const PASSING = {
  refresh: { once: "mended", always: "refused" },
  "look-up before": { once: "mended", always: "reported" },
  delete: { once: "mended", always: "reported" },
  "read-back": { once: "mended", always: "reported" },
  drift,
} as const satisfies Expectations;

/** It is about this call and stays: whoever is not the reason is asked for or deleted in smaller calls. */
export const OF_THIS_CALL = PASSING;

/** Every other call would meet it too, so nothing more is tried. */
export const OF_EVERY_CALL = {
  refresh: { once: "refused", always: "refused" },
  "look-up before": { once: "reported", always: "reported" },
  delete: { once: "reported", always: "reported" },
  "read-back": { once: "reported", always: "reported" },
  drift,
} as const satisfies Expectations;

/** The answer is right in the end. */
export const HARMLESS = {
  refresh: { once: "mended", always: "mended" },
  "look-up before": { once: "mended", always: "mended" },
  delete: { once: "mended", always: "mended" },
  "read-back": { once: "mended", always: "mended" },
  drift,
} as const satisfies Expectations;

/** The users were deleted, and only the answer is spoiled: the look-ups after it say so. */
export const WHEN_CARRIED_OUT = {
  delete: { once: "mended", always: "mended" },
} as const satisfies Expectations;

/** GenAuth says that it deleted, and did not: only the read-back can tell. */
export const LIE = { delete: { once: "reported", always: "reported" } } as const satisfies Expectations;

/** What is expected in the phases that read. */
export function reads(expected: Expectations): Expectations {
  return Object.fromEntries(Object.entries(expected).filter(([phase]) => phase !== "delete"));
}
