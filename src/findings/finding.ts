import type { Cause, Probed } from "../api";

/** What a check came to. `not_known`: this pool, or this key, does not show it. */
export type Result = "fine" | "advice" | "stop" | "not_known";

/** A setting of the provider or of a set, with the reason for its value. */
export interface SettingAdvice {
  /** Such as `suspend_days`. */
  readonly setting: string;
  /** As written in a configuration. */
  readonly value: string;
  readonly reason: string;
}

/** What one check found. The sentences name no user. */
export interface Finding {
  readonly result: Result;
  /** What is the case. */
  readonly finding: string;
  /** What follows from it; empty if nothing does. */
  readonly consequence: string;
  readonly settings: readonly SettingAdvice[];
}

/** A call that brought no answer. */
export type Failed = Extract<Probed<unknown>, { ok: false }>;

export function fine(finding: string, consequence = ""): Finding {
  return { result: "fine", finding, consequence, settings: [] };
}

export function advice(finding: string, consequence: string, ...settings: readonly SettingAdvice[]): Finding {
  return { result: "advice", finding, consequence, settings };
}

/** @param consequence what follows, and what to do about it */
export function stop(finding: string, consequence: string): Finding {
  return { result: "stop", finding, consequence, settings: [] };
}

export function notKnown(finding: string, consequence = ""): Finding {
  return { result: "not_known", finding, consequence, settings: [] };
}

/** A check whose call failed for a reason that has nothing to do with what it wanted to know. */
export function callFailed(failed: Failed): Finding {
  return stop(describeFailure(failed), "Correct this, then run the command again.");
}

/** What GenAuth itself says about a call that it understood and did not carry out. */
const REFUSALS: readonly Cause[] = [
  "invalid_argument",
  "not_found",
  "conflict",
  "payload_too_large",
  "invalid_operation",
  "unsupported_operation",
  "other_refusal",
];

/** Whether GenAuth refused the call for what it asked, and not for who asked, nor because of an outage. */
export function isRefusal({ cause }: Failed): boolean {
  return cause !== undefined && REFUSALS.includes(cause);
}

/** The statuses that mean "too long" if GenAuth's own body reports them. */
const TOO_LONG = [413, 414, 431];

/** Whether the provider divides a look-up that failed so: one id may be the reason, or the length of the URL. */
export function isDivided({ failure }: Failed): boolean {
  return failure.reach === "call" && !failure.transient;
}

/** Whether a look-up that failed so may be answered with fewer ids, because its URL was too long. */
export function isTooLong(failed: Failed): boolean {
  return isDivided(failed) && !(isRefusal(failed) && !TOO_LONG.includes(failed.failure.statusCode ?? 0));
}

/** Whether the key may not make this call, or the plan of the pool does not include it. */
export function isForbidden({ cause }: Failed): boolean {
  return cause === "forbidden" || cause === "payment_needed";
}

/**
 * Why a call failed, in a sentence without the server's words: they may quote the ids of the call.
 */
export function describeFailure({ failure, cause }: Failed): string {
  const { statusCode = 200, apiCode, requestId, message } = failure;
  // The client's own words.
  if (statusCode === 200) return message;
  const codes = [
    ...(apiCode === undefined ? [] : [`apiCode ${apiCode}`]),
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
  ];
  const details = codes.length === 0 ? "" : ` (${codes.join(", ")})`;
  const who = cause?.startsWith("gateway_") === true ? "Something in front of GenAuth" : "GenAuth";
  return `${who} answered with status ${statusCode}${details}.`;
}
