import type { Backoff } from "../timing";
import { KEYS_IN_CONSOLE, PUBLIC_HOSTS } from "./limits";

/** What the client does about one kind of failure. */
export interface RetryRule {
  /** The `statusCode` of the answer's body. */
  readonly status?: number;
  /** The HTTP statuses, if the body is not GenAuth's: a gateway answered. */
  readonly httpStatuses?: readonly number[];
  /** The `apiCode`s, with any status. */
  readonly apiCodes?: readonly number[];
  /**
   * Which calls the client retries by itself. `all` only if the call was certainly not carried out: the
   * caller of a change that may have been looks the users up first.
   */
  readonly retry: "never" | "look_ups" | "all";
  /** What a change may have done: nothing, or `unknown`. */
  readonly effect: "none" | "unknown";
  /** Whether all other calls would fail in the same way. */
  readonly reach: "call" | "every_call";
  /** Whether the same call may succeed later. */
  readonly transient: boolean;
  /** How long to wait before another attempt. */
  readonly pause: Pause;
  /** What to do next, as a sentence for people. */
  readonly advice: string;
}

/**
 * - `none`: the failure is final, so nothing waits.
 * - `backoff`: this call waits, twice as long after each attempt ({@link BACKOFF}).
 * - `all_calls`: all calls pause for {@link THROTTLE_PAUSE_MS}, then continue more slowly; this call also
 *   waits as with `backoff`.
 *
 * Except for `none`, a `Retry-After` header pauses all calls for at least the time that it gives, up to
 * {@link MAX_RETRY_AFTER_MS}. This also delays a retry by the caller, and the look-up before it.
 */
export type Pause = "none" | "backoff" | "all_calls";

/** The waits between the attempts of one call; six attempts end within half a minute. */
export const BACKOFF: Backoff = { firstMs: 500, longestMs: 10_000 };

/** The public cloud publishes that it lifts a 429 after three seconds. */
export const THROTTLE_PAUSE_MS = 3000;

/**
 * The longest accepted `Retry-After`. A run that has to wait longer for one call is better started again
 * later.
 */
const MAX_RETRY_AFTER_MS = 60_000;

/** Certainly not carried out, and will be refused again. */
const REFUSED = {
  retry: "never",
  effect: "none",
  reach: "call",
  transient: false,
  pause: "none",
  advice: "The message says what to change; GenAuth's support can look up the request id.",
} as const satisfies RetryRule;

/** Certainly not carried out, and every other call is refused in the same way. */
const DENIED = {
  retry: "never",
  effect: "none",
  reach: "every_call",
  transient: false,
  pause: "none",
} as const;

/** A temporary outage. The call may have been carried out. */
const OUTAGE = {
  retry: "look_ups",
  effect: "unknown",
  reach: "call",
  transient: true,
  pause: "backoff",
  advice: "Run again later; completed work is kept.",
} as const satisfies RetryRule;

/**
 * What the guard answers, outside the range of GenAuth's codes: to a call that it does not let through, and
 * to every call.
 */
export const GUARD_REFUSED = 940_300;
export const GUARD_REFUSES_ALL = 940_301;

/** A permanent failure. The call may have been carried out. */
const UNCLEAR = {
  retry: "never",
  effect: "unknown",
  reach: "call",
  transient: false,
  pause: "none",
} as const;

const EACH_HOST = `Pools of Authing are at ${PUBLIC_HOSTS.authing}, pools of GenAuth at ${PUBLIC_HOSTS.genauth} (GENAUTH_HOST).`;
const CHECK_KEYS = `Check the access key id and secret, and that both belong to the user pool at this host (console: ${KEYS_IN_CONSOLE}). ${EACH_HOST}`;
const NO_REASON = "GenAuth gives no reason; its support can look up the request id.";

/**
 * The retry policy: one row for each status, code and network failure. Sources: GenAuth's error-code page for
 * statuses and codes, the official SDK for the rest.
 */
export const RETRY_POLICY = {
  // GenAuth refused the call.
  invalid_argument: { status: 400, ...REFUSED },
  not_found: { status: 404, ...REFUSED },
  conflict: { status: 409, ...REFUSED },
  payload_too_large: { status: 413, ...REFUSED },
  invalid_operation: { status: 422, ...REFUSED },
  unsupported_operation: { status: 501, ...REFUSED },
  other_refusal: REFUSED,

  // GenAuth refuses the caller.
  unauthorized: { status: 401, apiCodes: [2020], ...DENIED, advice: CHECK_KEYS },
  bad_signature: { apiCodes: [1300, 1301, 1302, 1303, 1304], ...DENIED, advice: CHECK_KEYS },
  clock_skew: {
    apiCodes: [1305],
    ...DENIED,
    advice: "Correct this machine's clock, for example with NTP, then run again.",
  },
  payment_needed: {
    status: 402,
    apiCodes: [4021],
    ...DENIED,
    advice: "The user pool's plan does not include this call, or an invoice is unpaid; see the console.",
  },
  forbidden: {
    status: 403,
    ...DENIED,
    advice:
      "Grant the access key permission to read and delete users, and to update them if they are suspended first.",
  },
  unknown_pool: {
    apiCodes: [2224],
    ...DENIED,
    advice: `The access key id identifies the user pool: check it (console: ${KEYS_IN_CONSOLE}) and the host. ${EACH_HOST}`,
  },

  // The guard, which holds the key.
  guard_refused: {
    apiCodes: [GUARD_REFUSED],
    ...REFUSED,
    advice:
      "If it must be done, take the user out wherever a plan still declares them, let a new plan show it, and have that approved.",
  },
  guard_refuses_all: {
    apiCodes: [GUARD_REFUSES_ALL],
    ...DENIED,
    advice: "Nothing was sent, and nothing more is sent in this run.",
  },
  /**
   * The guard could not find out which users a call concerns, so it did not send it. The next attempt may
   * find out.
   */
  guard_undecided: {
    ...REFUSED,
    retry: "all",
    transient: true,
    pause: "backoff",
    advice: "Nothing was sent; run again later.",
  },
  no_guard: {
    ...DENIED,
    transient: true,
    advice:
      "GENAUTH_GUARD names the socket of cdktf-genauth guard, which holds the key. It must run until the engine has ended, and its socket must belong to the user of the engine; completed work is kept.",
  },
  foreign_guard: {
    ...UNCLEAR,
    reach: "every_call",
    advice: "GENAUTH_GUARD must name the socket of cdktf-genauth guard, of the same version as this run.",
  },

  // GenAuth, or a gateway in front of it, is unavailable.
  throttled: {
    status: 429,
    httpStatuses: [429],
    retry: "all",
    effect: "none",
    reach: "call",
    transient: true,
    pause: "all_calls",
    advice: "Lower requests_per_second, or run again later.",
  },
  server_error: { status: 500, httpStatuses: [500], ...OUTAGE },
  bad_gateway: { status: 502, httpStatuses: [502], ...OUTAGE },
  service_unavailable: { status: 503, httpStatuses: [503], ...OUTAGE },
  gateway_timeout: { status: 504, httpStatuses: [504], ...OUTAGE },
  other_server_error: OUTAGE,
  /** A third-party endpoint or custom code of the pool failed; only 603 is permanent. */
  extension_failed_601: { status: 601, ...OUTAGE },
  extension_failed_602: { status: 602, ...OUTAGE },
  extension_failed_603: { status: 603, ...UNCLEAR, advice: NO_REASON },
  /** "ClientError". */
  client_error: { status: 499, ...UNCLEAR, advice: NO_REASON },
  /** Each attempt has its own nonce, so a consumed one means that the request was sent twice on its way. */
  replayed: {
    apiCodes: [1306],
    ...OUTAGE,
    advice: "Something between this machine and GenAuth, such as a proxy, repeats requests; check it.",
  },

  // The answer is not the expected one.
  unsuccessful: { ...UNCLEAR, advice: NO_REASON },
  unknown_form: {
    ...UNCLEAR,
    advice: "This GenAuth server answers in a form that is not known here; report it with the request id.",
  },
  not_json: OUTAGE,
  too_large: { ...UNCLEAR, advice: "Check that the host is GenAuth's Management API." },
  redirected: {
    ...UNCLEAR,
    reach: "every_call",
    advice:
      "If you trust the host that it points to, configure that one; signed requests do not follow redirects.",
  },
  gateway_denied: {
    httpStatuses: [401, 403, 407],
    ...UNCLEAR,
    reach: "every_call",
    advice: "Something in front of GenAuth, such as a proxy or a firewall, denied access; check both.",
  },
  gateway_request_timeout: { httpStatuses: [408], ...OUTAGE },
  gateway_refused: {
    ...UNCLEAR,
    advice: "Something in front of GenAuth refused the request; check the host and the proxy.",
  },

  // No answer.
  unreachable: {
    retry: "all",
    effect: "none",
    reach: "every_call",
    transient: true,
    pause: "backoff",
    advice: "Check the host, the network and the proxy, then run again.",
  },
  untrusted: {
    ...DENIED,
    advice:
      "Set NODE_EXTRA_CA_CERTS to the certificate authority of your private deployment, or correct the host.",
  },
  connection_lost: OUTAGE,
  timed_out: { ...OUTAGE, advice: "Raise timeout_seconds if this happens often, then run again." },
  /** The run was interrupted before the request was sent. */
  interrupted: { ...DENIED, transient: true, advice: OUTAGE.advice },
} as const satisfies Record<string, RetryRule>;

/** The name of a row. */
export type Cause = keyof typeof RETRY_POLICY;

export function isCause(name: string): name is Cause {
  return Object.hasOwn(RETRY_POLICY, name);
}

export function ruleOf(cause: Cause): RetryRule {
  return RETRY_POLICY[cause];
}

/** The cause of a failure that GenAuth itself reports; the `apiCode` takes precedence over the status. */
export function causeOfStatus(status: number, apiCode?: number): Cause {
  return (
    BY_API_CODE.get(apiCode) ??
    BY_STATUS.get(status) ??
    (status >= 500 ? "other_server_error" : "other_refusal")
  );
}

/** The cause of a failure without GenAuth's body. */
export function causeOfHttpStatus(status: number): Cause {
  if (status < 400) return "not_json";
  return BY_HTTP_STATUS.get(status) ?? (status >= 500 ? "other_server_error" : "gateway_refused");
}

/**
 * The wait that a `Retry-After` header asks for, in milliseconds from now: seconds, or a date by the server's
 * clock.
 */
export function retryAfterMs(
  {
    retryAfter = "",
    date = "",
  }: { readonly retryAfter?: string | undefined; readonly date?: string | undefined },
  now: number,
): number | undefined {
  const serverNow = Date.parse(date);
  const wait = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - (Number.isNaN(serverNow) ? now : serverNow);
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

const BY_STATUS = rowsBy(({ status }) => (status === undefined ? [] : [status]));
const BY_HTTP_STATUS = rowsBy(({ httpStatuses = [] }) => httpStatuses);
const BY_API_CODE = rowsBy(({ apiCodes = [] }) => apiCodes);

function rowsBy(codesOf: (rule: RetryRule) => readonly number[]): ReadonlyMap<number | undefined, Cause> {
  const causes = Object.keys(RETRY_POLICY) as Cause[];
  return new Map(
    causes.flatMap((cause) => codesOf(RETRY_POLICY[cause]).map((code) => [code, cause] as const)),
  );
}
