/** Either the answer of a call, or why there is none. Calls do not throw for what the service or the network does. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** Why a call did not succeed, after all retries that are safe. Holds no secret. */
export interface Failure {
  /** What happened and what to do next, for people. */
  readonly message: string;
  /** `every_call`: the next call would fail alike (wrong key, no rights, unknown pool, interrupted). */
  readonly reach: "call" | "every_call";
  /** `unknown`: the call may have been carried out all the same; look up before sending it again. */
  readonly effect: "none" | "unknown";
  /** Whether the same call may succeed later (outage, throttling), as opposed to a refusal. */
  readonly transient: boolean;
  /** `statusCode` of the answer's body, or the HTTP status where no body could be read. */
  readonly statusCode?: number;
  /** GenAuth's `apiCode`, such as 2004 for "user not found". */
  readonly apiCode?: number;
  /** GenAuth's `requestId`, for its support. */
  readonly requestId?: string;
}
