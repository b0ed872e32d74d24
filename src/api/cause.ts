/** What a kind of trouble means: the retry policy, as data. */
export interface Policy {
  /** Which calls are sent again by themselves; `all` only where the call was surely not carried out. */
  readonly retry: "never" | "reads" | "all";
  /** Whether a deletion may have been carried out all the same. */
  readonly effect: "none" | "unknown";
  /** Whether every other call would fail alike. */
  readonly reach: "call" | "every_call";
  /** Whether the same call may succeed later. */
  readonly transient: boolean;
  /** What to do next, in a sentence for people. */
  readonly advice: string;
}

const CHECK_KEYS =
  "Check the access key id and secret, and that both belong to the user pool at this host (console: Settings > Basic > Key management).";
const RUN_AGAIN = "Run again later; what was done already stays done.";

/** Every kind of trouble that a call can meet. */
export const CAUSES = {
  // Surely not carried out.
  throttled: policy("all", "none", "call", true, `Lower requests_per_second, or run again later.`),
  unreachable: policy(
    "all",
    "none",
    "every_call",
    true,
    "Check the host, the network and the proxy, then run again.",
  ),
  untrusted: policy(
    "never",
    "none",
    "every_call",
    false,
    "Name the certificate authority of a private deployment in NODE_EXTRA_CA_CERTS, or correct the host.",
  ),
  interrupted: policy("never", "none", "every_call", true, RUN_AGAIN),
  refused: policy(
    "never",
    "none",
    "call",
    false,
    "The message says what to change; GenAuth's support can look the request id up.",
  ),
  unauthorized: policy("never", "none", "every_call", false, CHECK_KEYS),
  bad_signature: policy("never", "none", "every_call", false, CHECK_KEYS),
  clock_skew: policy(
    "never",
    "none",
    "every_call",
    false,
    "Set this machine's clock right, for example with NTP, and run again.",
  ),
  forbidden: policy(
    "never",
    "none",
    "every_call",
    false,
    "Give the access key the right to read and delete users.",
  ),
  unpaid: policy(
    "never",
    "none",
    "every_call",
    false,
    "The plan of the user pool does not include this call, or its bill is open; see the console.",
  ),
  unknown_pool: policy(
    "never",
    "none",
    "every_call",
    false,
    "The access key id names the user pool: check it, and the host.",
  ),

  // An answer that says little about whether the deed was done.
  lost: policy("reads", "unknown", "call", true, RUN_AGAIN),
  timed_out: policy(
    "reads",
    "unknown",
    "call",
    true,
    "Raise timeout_seconds if this happens often, then run again.",
  ),
  unavailable: policy("reads", "unknown", "call", true, RUN_AGAIN),
  garbled: policy("reads", "unknown", "call", true, RUN_AGAIN),
  // A signature is made for each attempt: consumed before means that something on the way sent the request twice.
  replayed: policy(
    "reads",
    "unknown",
    "call",
    true,
    "Something between here and GenAuth repeats requests, such as a proxy; look there.",
  ),
  not_understood: policy(
    "never",
    "unknown",
    "call",
    false,
    "This GenAuth answers in a form that is not known here; report it with the request id.",
  ),
  unsuccessful: policy(
    "never",
    "unknown",
    "call",
    false,
    "GenAuth gives no reason; its support can look the request id up.",
  ),
  too_large: policy("never", "unknown", "call", false, "Check that the host is GenAuth's Management API."),
  redirected: policy(
    "never",
    "unknown",
    "every_call",
    false,
    "Name the host that it points to, if you trust it; signed requests are not passed on.",
  ),
  gateway_refused: policy(
    "never",
    "unknown",
    "call",
    false,
    "Something before GenAuth refused the request; check host and proxy.",
  ),
  gateway_denied: policy(
    "never",
    "unknown",
    "every_call",
    false,
    "Something before GenAuth, such as a proxy or firewall, denied access; check both.",
  ),
} as const satisfies Record<string, Policy>;

/** The name of a kind of trouble. */
export type Cause = keyof typeof CAUSES;

/**
 * What the statuses of an answer's body mean; source: GenAuth's error-code page. Others of 500 and up count as
 * `unavailable`.
 */
export const CAUSE_OF_STATUS: Readonly<Partial<Record<number, Cause>>> = {
  401: "unauthorized",
  402: "unpaid",
  403: "forbidden",
  429: "throttled",
  // "ClientError" and a failure of the pool's own code say nothing about how far the call came.
  499: "unsuccessful",
  501: "refused",
  603: "unsuccessful",
};

/** What exact codes mean, whatever the status beside them; source: GenAuth's error-code page. */
export const CAUSE_OF_API_CODE: Readonly<Partial<Record<number, Cause>>> = {
  1300: "bad_signature",
  1301: "bad_signature",
  1302: "bad_signature",
  1303: "bad_signature",
  1304: "bad_signature",
  1305: "clock_skew",
  1306: "replayed",
  2020: "unauthorized",
  2224: "unknown_pool",
  4021: "unpaid",
};

/**
 * What a real HTTP status means when the body is not GenAuth's. Others: 500 and up `unavailable`, 400 and up
 * `gateway_refused`.
 */
export const CAUSE_OF_HTTP_STATUS: Readonly<Partial<Record<number, Cause>>> = {
  401: "gateway_denied",
  403: "gateway_denied",
  407: "gateway_denied",
  408: "lost",
  429: "throttled",
};

function policy(
  retry: Policy["retry"],
  effect: Policy["effect"],
  reach: Policy["reach"],
  transient: boolean,
  advice: string,
): Policy {
  return { retry, effect, reach, transient, advice };
}
