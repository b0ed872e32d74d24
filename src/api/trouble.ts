import { CAUSES } from "./cause";
import type { Cause } from "./cause";
import type { Call } from "./calls";
import type { Failure } from "./outcome";

/** What went wrong in one attempt of a call. */
export interface Trouble {
  readonly cause: Cause;
  /** What happened, as the end of "Could not …: ". */
  readonly what: string;
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** The failure that the caller gets for the trouble of the last attempt. */
export function failureOf(
  trouble: Trouble,
  call: Pick<Call<unknown>, "deed" | "kind">,
  attempts: number,
): Failure {
  const { advice, effect, reach, transient } = CAUSES[trouble.cause];
  const { what, statusCode, apiCode, requestId } = trouble;
  const tried = attempts > 1 ? ` (${attempts} attempts)` : "";
  const doubt =
    call.kind === "delete" && effect === "unknown" ? " It may have been carried out all the same." : "";
  return {
    message: `Could not ${call.deed}${tried}: ${what}${codesText(trouble)}.${doubt} ${advice}`,
    reach,
    effect: call.kind === "read" ? "none" : effect,
    transient,
    ...(statusCode !== undefined && { statusCode }),
    ...(apiCode !== undefined && { apiCode }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** Makes a text from the server fit for a message: no control characters, no direction marks, bounded in length. */
export function quoted(text: string): string {
  const clean = Array.from(text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim());
  return `"${clean.slice(0, MAX_QUOTED).join("")}${clean.length > MAX_QUOTED ? "…" : ""}"`;
}

/** Enough for any message of GenAuth's own, too little to flood a terminal. In characters. */
const MAX_QUOTED = 200;

function codesText({ apiCode, requestId }: Pick<Trouble, "apiCode" | "requestId">): string {
  const codes = [
    ...(apiCode !== undefined ? [`apiCode ${apiCode}`] : []),
    ...(requestId !== undefined ? [`request id ${requestId}`] : []),
  ];
  return codes.length > 0 ? ` (${codes.join(", ")})` : "";
}
