import type { DirectoryFailure } from "../../../src/users";

/** The call may have been carried out: a time-out, a reset, a 5xx. */
export const LOST: DirectoryFailure = {
  message: "The answer was lost.",
  reach: "call",
  effect: "unknown",
  transient: true,
};

/** GenAuth refuses the call permanently. */
export const REFUSED: DirectoryFailure = {
  message: "GenAuth refused.",
  reach: "call",
  effect: "none",
  transient: false,
  statusCode: 422,
  apiCode: 1500,
  requestId: "request-1",
};

/** GenAuth answers `success: false`, and it is not known whether it deleted anybody. */
export const UNSUCCESSFUL: DirectoryFailure = {
  message: "GenAuth answered success: false.",
  reach: "call",
  effect: "unknown",
  transient: false,
};

/** GenAuth does not answer for longer than all retries. */
export const OUTAGE: DirectoryFailure = {
  message: "GenAuth is not available.",
  reach: "call",
  effect: "none",
  transient: true,
};

/** No call will succeed. */
export const WRONG_KEY: DirectoryFailure = {
  message: "The access key is wrong.",
  reach: "every_call",
  effect: "none",
  transient: false,
  statusCode: 401,
};

/** The failure of a call that had not begun when the signal fired. */
export const INTERRUPTED: DirectoryFailure = {
  message: "Interrupted before the call was sent.",
  reach: "every_call",
  effect: "none",
  transient: true,
};
