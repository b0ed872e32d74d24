import type { DirectoryFailure } from "../../../src/users";

/** The call may have been carried out: a time-out, a reset, a 5xx. */
export const LOST: DirectoryFailure = {
  message: "The answer was lost.",
  reach: "call",
  effect: "unknown",
  transient: true,
};

/** GenAuth refuses the call for good. */
export const REFUSED: DirectoryFailure = {
  message: "GenAuth refused.",
  reach: "call",
  effect: "none",
  transient: false,
  statusCode: 422,
  apiCode: 1500,
  requestId: "request-1",
};

/** GenAuth answers `success: false`, and nobody knows what it did. */
export const UNSUCCESSFUL: DirectoryFailure = {
  message: "GenAuth answered success: false.",
  reach: "call",
  effect: "unknown",
  transient: false,
};

/** GenAuth does not answer at all for longer than retries last. */
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

/** What a directory answers to a call that had not begun when it was told to start nothing new. */
export const INTERRUPTED: DirectoryFailure = {
  message: "Interrupted before the call was sent.",
  reach: "every_call",
  effect: "none",
  transient: true,
};
