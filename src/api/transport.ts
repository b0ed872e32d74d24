import fetch, { FetchError } from "node-fetch";
import { agentFor } from "./agent";
import type { Cause } from "./cause";
import type { Headers } from "./signature";
import type { Settings } from "./settings";
import { body, target } from "./request";
import type { ApiRequest } from "./request";

/** What came of sending one request: an answer of whatever kind, or none. */
export type Reply =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly text: string;
      /** The server's clock and its wish, as sent. */
      readonly date: string | undefined;
      readonly retryAfter: string | undefined;
      readonly location: string | undefined;
    }
  | { readonly kind: "none"; readonly cause: Cause; readonly what: string };

/** Sends requests to one host over connections that are kept. */
export interface Transport {
  /** Sends a request once. Never rejects for what the network does. */
  send(request: ApiRequest, headers: Headers): Promise<Reply>;
  /** Frees the connections. */
  close(): void;
}

/** Where requests go, and how long one may take. */
export type Destination = Pick<Settings, "origin" | "proxy" | "timeoutSeconds">;

/** No answer of 50 users comes near: in bytes. More than that is not GenAuth. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Makes the transport to a host. */
export function createTransport({ origin, proxy, timeoutSeconds }: Destination): Transport {
  const agent = agentFor(origin, proxy);
  const peer = proxy ? `${origin} (through the proxy ${proxy.origin})` : origin;
  return {
    async send(request, headers) {
      try {
        const response = await fetch(`${origin}${target(request)}`, {
          method: request.method,
          headers,
          body: body(request) ?? null,
          agent,
          redirect: "manual",
          size: MAX_ANSWER_BYTES,
          // Runs until the body is read, so that an answer which drips in is cut too.
          signal: AbortSignal.timeout(timeoutSeconds * 1000),
        });
        const header = (name: string) => response.headers.get(name) ?? undefined;
        return {
          kind: "answer",
          status: response.status,
          date: header("date"),
          retryAfter: header("retry-after"),
          location: header("location"),
          text: await response.text(),
        };
      } catch (error) {
        return noAnswer(error, peer, timeoutSeconds);
      }
    },
    close: () => agent.destroy(),
  };
}

function noAnswer(error: unknown, peer: string, timeoutSeconds: number): Reply {
  if (error instanceof Error && error.name === "AbortError")
    return { kind: "none", cause: "timed_out", what: `no answer from ${peer} within ${timeoutSeconds} s` };
  if (!(error instanceof FetchError)) throw error;
  if (error.type === "max-size")
    return { kind: "none", cause: "too_large", what: `the answer of ${peer} is larger than 16 MiB` };
  const code = error.code ?? "for no reason that was given";
  if (isCertificateError(code))
    return { kind: "none", cause: "untrusted", what: `the certificate of ${peer} is not trusted, ${code}` };
  if (isBeforeSending(error))
    return { kind: "none", cause: "unreachable", what: `${peer} cannot be reached, ${code}` };
  return {
    kind: "none",
    cause: "lost",
    what: `the connection to ${peer} broke before the answer was there, ${code}`,
  };
}

/** These system calls come before the first byte of a request; with several addresses only the code is left to see. */
function isBeforeSending(error: FetchError): boolean {
  const systemCall = "erroredSysCall" in error ? error.erroredSysCall : undefined;
  return (
    systemCall === "connect" ||
    systemCall === "getaddrinfo" ||
    ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(error.code ?? "")
  );
}

/** The names that OpenSSL and Node give to a certificate that does not pass; the request is not sent then. */
function isCertificateError(code: string): boolean {
  return /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(code);
}
