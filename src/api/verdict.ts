import * as z from "zod";
import type { Call } from "./calls";
import { CAUSE_OF_API_CODE, CAUSE_OF_HTTP_STATUS, CAUSE_OF_STATUS } from "./cause";
import type { Cause } from "./cause";
import { clockDifference, retryAfterMs } from "./server-clock";
import type { Reply } from "./transport";
import { quoted } from "./trouble";
import type { Trouble } from "./trouble";

/** What one attempt came to. */
export type Verdict<T> = { readonly value: T; readonly requestId?: string } | { readonly trouble: Trouble };

/** What GenAuth wraps every answer in. Only `statusCode` decides; the rest is told to people, and may be missing. */
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
 * Judges a reply. Success is only a body with `statusCode` 200 that has the form expected and does not say that it
 * failed.
 *
 * @param now this machine's clock, in milliseconds since 1970
 */
export function judge<T>(call: Call<T>, reply: Reply, now: number): Verdict<T> {
  if (reply.kind === "none") return { trouble: { cause: reply.cause, what: reply.what } };
  const waiting = retryAfterMs(reply.retryAfter, now);
  const trouble = (cause: Cause, what: string, more: Partial<Trouble> = {}): Verdict<T> => ({
    trouble: { cause, what, ...more, ...(waiting !== undefined && { retryAfterMs: waiting }) },
  });

  if (reply.status >= 300 && reply.status < 400)
    return trouble("redirected", `the server points elsewhere, to ${quoted(reply.location ?? "")}`, {
      statusCode: reply.status,
    });
  const envelope = envelopeOf(reply.text);
  // A gateway's status beside a body that claims success is no success.
  if (!envelope || (reply.status >= 400 && envelope.statusCode === 200))
    return trouble(causeOfPage(reply), pageText(reply), { statusCode: reply.status });

  const { statusCode, apiCode, requestId } = envelope;
  const codes = {
    statusCode,
    ...(apiCode !== undefined && { apiCode }),
    ...(requestId !== undefined && { requestId }),
  };
  if (statusCode !== 200) {
    const cause = causeOf(envelope);
    const clocks = cause === "clock_skew" ? `; ${clockDifference(reply.date, now)}` : "";
    return trouble(cause, `${refusalText(envelope)}${clocks}`, codes);
  }
  const data = call.data.safeParse(envelope.data);
  if (!data.success)
    return trouble("not_understood", `GenAuth's answer was not understood: ${problems(data.error)}`, codes);
  if (saysFailure(envelope.data)) return trouble("unsuccessful", `GenAuth answered success: false`, codes);
  return { value: data.data, ...(requestId !== undefined && { requestId }) };
}

function envelopeOf(text: string): Envelope | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: a gateway's page, or an answer that was cut; the caller says so.
    return undefined;
  }
}

function causeOf({ statusCode, apiCode }: Envelope): Cause {
  return (
    CAUSE_OF_API_CODE[apiCode ?? 0] ??
    CAUSE_OF_STATUS[statusCode] ??
    (statusCode >= 500 ? "unavailable" : "refused")
  );
}

function causeOfPage({ status }: Answer): Cause {
  if (status < 400) return "garbled";
  return CAUSE_OF_HTTP_STATUS[status] ?? (status >= 500 ? "unavailable" : "gateway_refused");
}

function pageText({ status, text }: Answer): string {
  if (text === "") return `the server answered HTTP ${status} with an empty body`;
  return `the server answered HTTP ${status} with something that is not GenAuth's JSON`;
}

function refusalText({ statusCode, message }: Envelope): string {
  return `GenAuth answered ${statusCode}${message === "" ? "" : ` ${quoted(message)}`}`;
}

/** Where the data tells success and says no; look-ups have no such field. */
function saysFailure(data: unknown): boolean {
  return typeof data === "object" && data !== null && "success" in data && data.success === false;
}

function problems(error: z.ZodError): string {
  const [first] = error.issues;
  return first ? `${first.path.join(".") || "data"}: ${first.message}` : error.message;
}
