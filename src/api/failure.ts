import type { DirectoryFailure, Outcome } from "../users";
import type { Call } from "./calls";
import { type Cause, ruleOf } from "./retry-policy";

/** Why one attempt of a call failed. */
export interface AttemptError {
  readonly cause: Cause;
  /** What happened, as the end of "Could not …: ". */
  readonly reason: string;
  /** `statusCode` of the answer's body, or the HTTP status if no body could be read. */
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * Makes the failure of a call from the error of its last attempt: one sentence each for what happened, what
 * may have been done, and what to do next.
 *
 * @param attempts how many were made; 0 if the call was interrupted before the first
 */
export function failureOf(
  error: AttemptError,
  call: Pick<Call<unknown>, "operation" | "kind">,
  attempts: number,
): DirectoryFailure {
  const { advice, effect, reach, transient } = ruleOf(error.cause);
  const { reason, statusCode, apiCode, requestId } = error;
  const tried = attempts > 1 ? ` (${attempts} attempts)` : "";
  const ambiguity =
    call.kind === "change" && effect === "unknown" ? " It may still have been carried out." : "";
  return {
    message: `Could not ${call.operation}${tried}: ${reason}${codesText(error)}.${ambiguity} ${advice}`,
    reach,
    effect: call.kind === "read" ? "none" : effect,
    transient,
    statusCode,
    apiCode,
    requestId,
  };
}

/** The codes for GenAuth's support, in parentheses; empty if there are none. */
export function codesText({ apiCode, requestId }: Pick<AttemptError, "apiCode" | "requestId">): string {
  const codes = [
    ...(apiCode !== undefined ? [`apiCode ${apiCode}`] : []),
    ...(requestId !== undefined ? [`request id ${requestId}`] : []),
  ];
  return codes.length > 0 ? ` (${codes.join(", ")})` : "";
}

/**
 * Whether GenAuth says that there is no such user. Both codes are required. A wrong path, a wrong host or a
 * missing pool also gives a 404; to take that for "gone" would report existing users as deleted.
 */
export function isUserNotFound(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && outcome.failure.statusCode === 404 && outcome.failure.apiCode === USER_NOT_FOUND;
}

/** GenAuth's `apiCode` for a user that does not exist, by its error-code page. */
const USER_NOT_FOUND = 2004;
