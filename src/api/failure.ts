import type { Call } from "./calls";
import { type Cause, ruleOf } from "./retry-policy";

/** The answer of a call, or why there is none. Calls do not throw for failures of the service or the network. */
export type CallOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** Why a call did not succeed, after all retries that are safe. Holds no secret. */
export interface Failure {
  /** What happened and what to do next, for people. */
  readonly message: string;
  /** `every_call`: all other calls would fail in the same way (wrong key, no permission, unknown pool, interrupted). */
  readonly reach: "call" | "every_call";
  /** `unknown`: the call may have been carried out; look up before sending it again. */
  readonly effect: "none" | "unknown";
  /** Whether the same call may succeed later (outage, throttling), as opposed to a refusal. */
  readonly transient: boolean;
  /** `statusCode` of the answer's body, or the HTTP status if no body could be read. */
  readonly statusCode?: number;
  /** GenAuth's `apiCode`, such as 2004 for "user not found". */
  readonly apiCode?: number;
  /** GenAuth's `requestId`, for its support. */
  readonly requestId?: string;
}

/** Why one attempt of a call failed. */
export interface AttemptError {
  readonly cause: Cause;
  /** What happened, as the end of "Could not …: ". */
  readonly reason: string;
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * Makes the caller's failure of the last attempt's error: one sentence each for what happened, what may have been done,
 * and what to do next.
 */
export function failureOf(
  error: AttemptError,
  call: Pick<Call<unknown>, "operation" | "kind">,
  attempts: number,
): Failure {
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

function codesText({ apiCode, requestId }: Pick<AttemptError, "apiCode" | "requestId">): string {
  const codes = [
    ...(apiCode !== undefined ? [`apiCode ${apiCode}`] : []),
    ...(requestId !== undefined ? [`request id ${requestId}`] : []),
  ];
  return codes.length > 0 ? ` (${codes.join(", ")})` : "";
}

/**
 * Whether GenAuth says that there is no such user. Both codes are required. A wrong path, a wrong host or a missing pool also gives a
 * 404; to take that for "gone" would report existing users as deleted.
 */
export function isUserNotFound(outcome: CallOutcome<unknown>): boolean {
  return !outcome.ok && outcome.failure.statusCode === 404 && outcome.failure.apiCode === USER_NOT_FOUND;
}

/** Source: GenAuth's error-code page. */
const USER_NOT_FOUND = 2004;
