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

/** The proxy that `HTTPS_PROXY` and `NO_PROXY` give for a host, what is wrong with it, or that there is none. */
export function proxyFor(origin: string): { readonly proxy?: URL } | { readonly problem: string } {
  // No proxy reaches this machine's own loopback.
  const value = isLoopback(new URL(origin)) ? "" : getProxyForUrl(origin);
  if (value === "") return {};
  const proxy = URL.canParse(value) ? new URL(value) : undefined;
  // Not quoted, since it may hold a password.
  if (!proxy || !["http:", "https:"].includes(proxy.protocol))
    return {
      problem: "HTTPS_PROXY must be the URL of an http or https proxy, such as http://proxy.example:3128.",
    };
  return { proxy };
}

/** The agent that keeps the connections to a host. */
export function agentFor(origin: string, proxy: URL | undefined): http.Agent {
  const options = { keepAlive: true, timeout: IDLE_MS };
  if (proxy) return new HttpsProxyAgent(proxy, options);
  return origin.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
}
