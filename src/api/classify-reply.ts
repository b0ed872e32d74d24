import * as z from "zod";
import { parseJson, printable, singleLine } from "../text";
import type { Call } from "./calls";
import type { AttemptError } from "./failure";
import { type Cause, causeOfHttpStatus, causeOfStatus, retryAfterMs } from "./retry-policy";
import type { Reply } from "./transport";

/** The result of one attempt. */
export type Attempt<T> =
  | { readonly value: T; readonly requestId?: string }
  | { readonly error: AttemptError };

/**
 * The envelope of every answer of GenAuth. Only `statusCode` decides; the rest is shown to people, and may be
 * missing.
 */
const Envelope = z.object({
  statusCode: z.number().int(),
  message: z.string().catch(""),
  apiCode: z.number().int().optional().catch(undefined),
  requestId: z
    .string()
    .regex(/^[\w.:-]{1,100}$/)
    .optional()
    .catch(undefined),
  data: z.unknown().optional(),
});
type Envelope = z.infer<typeof Envelope>;

type Answer = Extract<Reply, { kind: "answer" }>;

/**
 * Classifies the reply to a call as a value or an error. Only a body with `statusCode` 200 that has the
 * expected form and no `success: false` is a success.
 *
 * @param now this machine's clock, in milliseconds since 1970
 */
export function classifyReply<T>(call: Pick<Call<T>, "data">, reply: Reply, now: number): Attempt<T> {
  if (reply.kind === "none") return { error: { cause: reply.cause, reason: reply.reason } };
  const wait = retryAfterMs(reply, now);
  const failed = (cause: Cause, reason: string, codes: Partial<AttemptError>): Attempt<T> => ({
    error: { cause, reason, ...codes, retryAfterMs: wait },
  });

  const { status } = reply;
  if (status >= 300 && status < 400)
    return failed("redirected", `the server redirects to ${quote(reply.location ?? "")}`, {
      statusCode: status,
    });
  // A gateway's page, or an answer that was cut off, is no JSON.
  const { data: envelope } = Envelope.safeParse(parseJson(reply.text));
  // A gateway's error status beside a body that claims success is not a success.
  if (!envelope || (status >= 400 && envelope.statusCode === 200))
    return failed(causeOfHttpStatus(status), describePage(reply), { statusCode: status });

  const { statusCode, apiCode, requestId } = envelope;
  const codes = { statusCode, apiCode, requestId };
  if (statusCode !== 200) {
    const cause = causeOfStatus(statusCode, apiCode);
    const clocks = cause === "clock_skew" ? `; ${describeClockSkew(reply.date, now)}` : "";
    return failed(cause, `${describeRefusal(envelope, cause)}${clocks}`, codes);
  }
  const data = call.data.safeParse(envelope.data);
  if (!data.success)
    return failed("unknown_form", `GenAuth's answer was not understood: ${describeIssue(data.error)}`, codes);
  if (Failure.safeParse(envelope.data).success)
    return failed("unsuccessful", `GenAuth answered success: false`, codes);
  return { value: data.data, requestId };
}

function describePage({ status, text }: Answer): string {
  if (text === "") return `the server answered HTTP ${status} with an empty body`;
  return `the server answered HTTP ${status} with a body that is not GenAuth's JSON`;
}

function describeRefusal({ statusCode, message }: Envelope, cause: Cause): string {
  if (cause === "guard_refused" || cause === "guard_refuses_all")
    return `the guard did not send it: ${printable(singleLine(message)).slice(0, MOST_OF_GUARD)}`;
  return `GenAuth answered ${statusCode}${message === "" ? "" : ` ${quote(message)}`}`;
}

/** Data that says that the call failed; look-ups have no such flag. */
const Failure = z.object({ success: z.literal(false) });

function describeIssue(error: z.ZodError): string {
  const [first] = error.issues;
  return first ? `${["data", ...first.path].join(".")}: ${first.message}` : error.message;
}

/** How far this machine's clock is from the server's, by the answer's `date` header. */
function describeClockSkew(date: string | undefined, now: number): string {
  const seconds = Math.round((now - Date.parse(date ?? "")) / 1000);
  if (Number.isNaN(seconds)) return "this machine's clock differs from GenAuth's";
  const size = Math.abs(seconds);
  const words = size < 120 ? `${size} s` : `${Math.round(size / 60)} minutes`;
  return `this machine's clock is ${words} ${seconds < 0 ? "behind" : "ahead of"} GenAuth's`;
}

/** Quotes what the server says, on one line and bounded in length. */
function quote(text: string): string {
  const characters = Array.from(singleLine(text));
  const cut = characters.length > MAX_QUOTED ? "…" : "";
  return `"${printable(characters.slice(0, MAX_QUOTED).join(""))}${cut}"`;
}

/**
 * The guard's reasons are sentences of this project, and may hold a failure of its own look-up. In
 * characters.
 */
const MOST_OF_GUARD = 600;

/** Enough for any message of GenAuth's own, too little to flood a terminal. In characters. */
const MAX_QUOTED = 200;
