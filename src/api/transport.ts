import http from "node:http";
import https from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";
import fetch, { FetchError, type Response } from "node-fetch";
import { type ApiRequest, writeBody, writeTarget } from "./calls";
import type { Settings } from "./options";
import type { Cause } from "./retry-policy";
import type { Headers } from "./signature";

/** The result of sending one request: any answer, or none. */
export type Reply =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly text: string;
      /** Headers of the answer, as received. */
      readonly date: string | undefined;
      readonly retryAfter: string | undefined;
      readonly location: string | undefined;
    }
  | { readonly kind: "none"; readonly cause: Cause; readonly reason: string };

/** Sends requests to GenAuth, signed. */
export interface Sender {
  /** Sends a request once. Never rejects because of the network. */
  send(request: ApiRequest): Promise<Reply>;
  /** Closes the connections. */
  close(): void;
}

/** Where requests go, and the time limit of each. */
export type Destination = Pick<Settings, "origin" | "proxy" | "timeoutSeconds">;

/** In bytes. An answer with 50 users is far smaller; anything larger is not from GenAuth. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * How long an idle connection is kept, in milliseconds. Servers close theirs after five seconds or more (five
 * is Node's default); closing first avoids sending a deletion into a connection that is being closed.
 */
export const IDLE_MS = 4000;

/**
 * Creates the transport to a host. It uses node-fetch, the HTTP client that the project's user chose, instead
 * of Node's own fetch. node-fetch does not support proxies: `https-proxy-agent` opens the tunnel, and
 * `options.ts` reads `HTTPS_PROXY` and `NO_PROXY` with `proxy-from-env`. In return, node-fetch accepts an
 * `http.Agent`, so that idle connections end after {@link IDLE_MS}, and its errors tell whether a request was
 * sent at all, which decides on a second attempt.
 *
 * @param headersOf makes the headers of one attempt
 */
export function createTransport(
  { origin, proxy, timeoutSeconds }: Destination,
  headersOf: (request: ApiRequest) => Headers,
): Sender {
  const agent = createAgent(origin, proxy);
  const peer = proxy ? `${origin} (through the proxy ${proxy.origin})` : origin;
  return {
    async send(request) {
      const headers = headersOf(request);
      try {
        const response = await fetch(`${origin}${writeTarget(request)}`, {
          method: request.method,
          headers,
          body: writeBody(request) ?? null,
          agent,
          redirect: "manual",
          size: MAX_ANSWER_BYTES,
          // Runs until the body has been read, so that it also ends an answer that arrives too slowly.
          signal: AbortSignal.timeout(timeoutSeconds * 1000),
        });
        return readReply(response, await response.text());
      } catch (error) {
        return classifyNetworkError(error, peer, timeoutSeconds);
      }
    },
    close: () => agent.destroy(),
  };
}

/** What is kept of an answer. */
export function readReply({ status, headers }: Response, text: string): Reply {
  const header = (name: string) => headers.get(name) ?? undefined;
  return {
    kind: "answer",
    status,
    date: header("date"),
    retryAfter: header("retry-after"),
    location: header("location"),
    text,
  };
}

function createAgent(origin: string, proxy: URL | undefined): http.Agent {
  const options = { keepAlive: true, timeout: IDLE_MS };
  if (proxy) return new HttpsProxyAgent(proxy, options);
  return origin.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
}

export function classifyNetworkError(error: unknown, peer: string, timeoutSeconds: number): Reply {
  const none = (cause: Cause, reason: string): Reply => ({ kind: "none", cause, reason });
  if (error instanceof Error && error.name === "AbortError")
    return none("timed_out", `no answer from ${peer} within ${timeoutSeconds} s`);
  if (!(error instanceof FetchError)) throw error;
  if (error.type === "max-size") return none("too_large", `the answer from ${peer} is larger than 16 MiB`);
  const code = error.code ?? "no error code";
  if (isCertificateError(code))
    return none("untrusted", `the certificate of ${peer} is not trusted (${code})`);
  if (isBeforeSending(error)) return none("unreachable", `${peer} cannot be reached (${code})`);
  return none("connection_lost", `the connection to ${peer} broke before the answer arrived (${code})`);
}

/**
 * These system calls precede the first byte of a request. With several addresses, only the code is visible.
 */
function isBeforeSending(error: FetchError): boolean {
  const systemCall = "erroredSysCall" in error ? error.erroredSysCall : undefined;
  return (
    systemCall === "connect" ||
    systemCall === "getaddrinfo" ||
    ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(error.code ?? "")
  );
}

/** The codes of OpenSSL and Node for a rejected certificate; the request is then not sent. */
function isCertificateError(code: string): boolean {
  return /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(code);
}
