/** Checks where requests go. In a file without zod, because the provider validates its host with it. */

/** Whether an address is one of this machine alone. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Scheme, name and port; a name alone means https. */
export function originOf(host: string): string {
  const trimmed = host.trim();
  const address = trimmed.includes("://") ? trimmed : `https://${trimmed}`;
  return URL.canParse(address) ? new URL(address).origin : trimmed;
}

/**
 * Checks a configured host.
 *
 * @returns its scheme, name and port; or what is wrong with it, as a sentence for people
 */
export function checkHost(host: string): { readonly origin: string } | { readonly problem: string } {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (!url || !["https:", "http:"].includes(url.protocol)) return { problem: describeNoUrl(host) };
  // Checked first, because the sentences below quote the host.
  if (url.username !== "" || url.password !== "")
    return {
      problem: "The host must not contain a user name or password; set the access key id and secret instead.",
    };
  if (url.search !== "" || url.hash !== "" || url.pathname !== "/")
    return { problem: `The host must end after its name and port: write ${url.origin} instead of ${host}.` };
  if (url.protocol === "http:" && !isLoopback(url))
    return {
      problem: `Requests to ${url.origin} would not be encrypted: write https. Plain http is only for loopback, such as http://127.0.0.1:3000.`,
    };
  return { origin: url.origin };
}

/**
 * Describes a host that is not a URL, with what was probably meant. A password before an `@` is not repeated.
 */
function describeNoUrl(host: string): string {
  const meant =
    URL.canParse(`https://${host}`) && !/[@/]/.test(host) ? new URL(`https://${host}`) : undefined;
  const scheme = meant && isLoopback(meant) ? "http" : "https";
  const example = meant ? `${scheme}://${meant.host}` : "https://api.genauth.ai";
  return `The host must be an http or https URL, such as ${example}.`;
}
