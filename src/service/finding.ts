import { type Cause, codesText, type Probed } from "../api";

/** What a question came to. `not_known`: this pool, or this key, does not show it. */
export type Result = "fine" | "advice" | "stop" | "not_known";

/** A setting of the provider or of a set, with the reason for its value. */
export interface SettingAdvice {
  /** Such as `suspend_days`. */
  readonly setting: string;
  /** As written in a configuration. */
  readonly value: string;
  readonly reason: string;
}

/** What one question came to. The sentences name no user. */
export interface Finding {
  readonly result: Result;
  /** What is the case. */
  readonly finding: string;
  /** What follows from it, and what to do about it; empty if nothing does. */
  readonly consequence: string;
  readonly settings: readonly SettingAdvice[];
}

type MakeFinding = (finding: string, consequence?: string, ...settings: readonly SettingAdvice[]) => Finding;

const findingOf =
  (result: Result): MakeFinding =>
  (finding, consequence = "", ...settings) => ({ result, finding, consequence, settings });

export const fine = findingOf("fine");
export const advice = findingOf("advice");
export const stop = findingOf("stop");
export const notKnown = findingOf("not_known");

const settingTo =
  (setting: string, value: string) =>
  (reason: string): SettingAdvice => ({ setting, value, reason });

export const DECLARE_USER_IDS = settingTo("user_id_type", '"user_id"');
export const NO_SUSPENSION = settingTo("suspend_days", "none");

/** A call that brought no answer, or a refusal. */
export type Failed = Extract<Probed<unknown>, { ok: false }>;

/** What GenAuth itself says about a call that it understood and did not carry out. */
const REFUSALS: readonly (Cause | undefined)[] = [
  "invalid_argument",
  "not_found",
  "conflict",
  "payload_too_large",
  "invalid_operation",
  "unsupported_operation",
  "other_refusal",
];

/** Failures of a change that the service itself decided on, in other words. */
const SAYS_NO: readonly (Cause | undefined)[] = ["unsuccessful", "client_error", "extension_failed_603"];

/** Whether GenAuth refused the call for what it asked, and not for who asked, nor because of an outage. */
export function isRefusal({ cause }: Failed): boolean {
  return REFUSALS.includes(cause);
}

/** Whether the key may not make this call, or the plan of the pool does not include it. */
export function isForbidden({ cause }: Failed): boolean {
  return cause === "forbidden" || cause === "payment_needed";
}

/** Whether the service did not carry a change out, by its own decision. */
export function isDeclined(failed: Failed): boolean {
  return isRefusal(failed) || isForbidden(failed) || SAYS_NO.includes(failed.cause);
}

/**
 * Whether the provider divides a look-up that failed so: one id may be the reason, or the length of the URL.
 */
export function isDivided({ failure }: Failed): boolean {
  return failure.reach === "call" && !failure.transient;
}

/** Why a call failed, in a sentence without the server's words: they may quote the ids of the call. */
export function describeFailure({ failure, cause }: Failed): string {
  const { statusCode = 200, message } = failure;
  // The client's own words.
  if (statusCode === 200) return message;
  const who = cause?.startsWith("gateway_") === true ? "Something in front of GenAuth" : "GenAuth";
  return `${who} answered with status ${statusCode}${codesText(failure)}.`;
}
