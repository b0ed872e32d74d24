import http from "node:http";
import https from "node:https";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isLoopback } from "./host";

/**
 * How long an idle connection is kept, in milliseconds. Servers close theirs after five seconds or more (Node's own
 * default is five); to give up first avoids sending a deletion into a connection that is just being closed.
 */
const IDLE_MS = 4000;

/** The agent that keeps connections to a host: direct, or through the proxy that `HTTPS_PROXY` and `NO_PROXY` give. */
export function agentFor(origin: string): http.Agent {
  const options = { keepAlive: true, timeout: IDLE_MS };
  // A proxy cannot reach this machine's own loopback.
  if (isLoopback(new URL(origin)))
    return origin.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
  const proxy = getProxyForUrl(origin);
  return proxy === "" ? new https.Agent(options) : new HttpsProxyAgent(proxy, options);
}
