/** Whether a URL points at this machine itself. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The origin of a configured host, or what is wrong with it, in a sentence for people. */
export function originOf(
  host: string,
  env: NodeJS.ProcessEnv,
): { readonly origin: string } | { readonly problem: string } {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (!url || !["https:", "http:"].includes(url.protocol))
    return { problem: `The host must be a URL such as https://api.genauth.ai.` };
  // Checked first: the sentences below quote the host.
  if (url.username !== "" || url.password !== "")
    return {
      problem: "The host must not hold a user name or password; give the access key id and secret instead.",
    };
  if (url.search !== "" || url.hash !== "" || host.endsWith("/") || url.pathname !== "/")
    return { problem: `The host must end after its name and port: write ${url.origin} instead of ${host}.` };
  if (isLoopback(url)) return { origin: url.origin };
  if (url.protocol === "http:")
    return {
      problem: `${url.origin} would send signed requests in the clear; only https is accepted beyond loopback.`,
    };
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0")
    return {
      problem:
        "NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off, so anybody on the way could read and change " +
        "requests. Unset it, and name the certificate authority of a private deployment in NODE_EXTRA_CA_CERTS.",
    };
  return { origin: url.origin };
}
