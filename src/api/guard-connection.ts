import http from "node:http";
import fetch from "node-fetch";
import { version } from "../../package.json";
import type { ApiRequest } from "./calls";
import type { Settings } from "./options";
import { isCause } from "./retry-policy";
import {
  classifyNetworkError,
  IDLE_MS,
  MAX_ANSWER_BYTES,
  readReply,
  type Reply,
  type Sender,
} from "./transport";

/**
 * What a client and the guard tell each other in headers. A request carries the path of GenAuth's call, its
 * parameters as JSON, and no signature. The answer is GenAuth's, or says why there is none.
 */
export const GuardHeader = {
  /** In every request and every answer: the version of the package. */
  VERSION: "x-genauth-guard",
  /** In a request: GenAuth's address, which the guard compares with its own. */
  HOST: "x-genauth-host",
  /** In a request: the tenant to act in, if there is one. */
  TENANT: "x-genauth-tenant",
  /** In an answer without GenAuth's: the row of the retry policy. The body gives the reason. */
  CAUSE: "x-genauth-guard-cause",
} as const;

/** The version of both sides, which must be the same. */
export const GUARD_VERSION = version;

/**
 * How long the guard may take beyond the time limit of a call, in milliseconds: it waits for its turn, for a
 * pause that GenAuth asks for, which is a minute at most, and for its own look-ups. It notices when the
 * client gives up, and then sends nothing.
 */
const GUARD_MS = 120_000;

/** Connects to the guard that listens at a Unix socket. */
export function connectToGuard(
  socketPath: string,
  { origin, tenantId, timeoutSeconds }: Pick<Settings, "origin" | "tenantId" | "timeoutSeconds">,
): Sender {
  // Node.js passes the options of an agent on to the connection; its types omit that.
  const options = { keepAlive: true, timeout: IDLE_MS, socketPath };
  const agent = new http.Agent(options);
  const peer = `the guard at ${socketPath}`;
  const seconds = timeoutSeconds + GUARD_MS / 1000;
  return {
    async send({ path, parameters }: ApiRequest): Promise<Reply> {
      try {
        const response = await fetch(`http://guard${path}`, {
          method: "POST",
          headers: {
            [GuardHeader.VERSION]: GUARD_VERSION,
            [GuardHeader.HOST]: origin,
            ...(tenantId !== undefined && { [GuardHeader.TENANT]: tenantId }),
          },
          body: JSON.stringify(parameters),
          agent,
          redirect: "manual",
          size: MAX_ANSWER_BYTES,
          signal: AbortSignal.timeout(seconds * 1000),
        });
        const header = (name: string) => response.headers.get(name) ?? undefined;
        const text = await response.text();
        if (header(GuardHeader.VERSION) === undefined)
          return {
            kind: "none",
            cause: "foreign_guard",
            reason: `what listens at ${socketPath} is no guard`,
          };
        const cause = header(GuardHeader.CAUSE);
        if (cause !== undefined)
          return { kind: "none", cause: isCause(cause) ? cause : "foreign_guard", reason: text };
        return readReply(response, text);
      } catch (error) {
        const reply = classifyNetworkError(error, peer, seconds);
        return reply.kind === "none" && reply.cause === "unreachable"
          ? { ...reply, cause: "no_guard" }
          : reply;
      }
    },
    close: () => agent.destroy(),
  };
}
