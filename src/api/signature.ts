import { createHmac, createSecretKey } from "node:crypto";
import type { ApiRequest } from "./request";

/** The headers of a request by their lower-case names. */
export type Headers = Readonly<Record<string, string>>;

/** Gives the `authorization` header of a request with these headers. Holds the secret, and shows it to nobody. */
export type Sign = (request: ApiRequest, headers: Headers) => string;

/**
 * Makes the one function that knows the secret, as a key that no heap snapshot and no inspection shows.
 */
export function signerOf(accessKeyId: string, accessKeySecret: string): Sign {
  const key = createSecretKey(accessKeySecret, "utf8");
  return (request, headers) => {
    const signature = createHmac("sha1", key).update(stringToSign(request, headers), "utf8");
    return `authing ${accessKeyId}:${signature.digest("base64")}`;
  };
}

/** The text that is signed: method, the headers that count, path and parameters, none of it URL-encoded. */
export function stringToSign({ method, path, parameters }: ApiRequest, headers: Headers): string {
  const lines = Object.keys(headers)
    .filter((name) => name === "date" || name.startsWith("x-authing-"))
    .sort()
    .map((name) => `${name}:${(headers[name] ?? "").replace(/[\t\r\n\f]/g, " ").trim()}\n`);
  return `${method}\n${lines.join("")}${path}${signedQuery(parameters)}`;
}

function signedQuery(parameters: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(parameters)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
