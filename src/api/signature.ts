import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import { version } from "../../package.json";
import type { ApiRequest } from "./calls";
import type { Settings } from "./options";

/** The headers of a request, by lower-case name. */
export type Headers = Readonly<Record<string, string>>;

/**
 * Returns the `authorization` header of a request with these headers. Holds the secret and never reveals it.
 */
export type Sign = (request: ApiRequest, headers: Headers) => string;

/**
 * Creates the only function that knows the secret, as a key object that no heap snapshot and no inspection
 * shows.
 */
export function createSigner(accessKeyId: string, accessKeySecret: string): Sign {
  const key = createSecretKey(accessKeySecret, "utf8");
  return (request, headers) => {
    const signature = createHmac("sha1", key).update(writeStringToSign(request, headers), "utf8");
    return `authing ${accessKeyId}:${signature.digest("base64")}`;
  };
}

/**
 * Makes and signs the headers of one attempt. Nonce and date are valid once, so each attempt needs new ones.
 *
 * @param now milliseconds since 1970
 */
export function signHeaders(
  request: ApiRequest,
  { lang, tenantId, userAgent }: Pick<Settings, "lang" | "tenantId" | "userAgent">,
  sign: Sign,
  now: number,
): Headers {
  const headers: Headers = {
    accept: "application/json",
    // A look-up decides about a deletion, so no cache on the way may answer it from its memory.
    "cache-control": "no-cache",
    "content-type": "application/json",
    "user-agent": userAgent,
    date: new Date(now).toUTCString(),
    "x-authing-signature-nonce": randomBytes(16).toString("hex"),
    "x-authing-signature-method": "HMAC-SHA1",
    "x-authing-signature-version": "1.0",
    "x-authing-lang": lang,
    "x-authing-sdk-version": `cdktf-genauth:${version}`,
    ...(tenantId !== undefined && { "x-authing-app-id": tenantId }),
  };
  return { ...headers, authorization: sign(request, headers) };
}

/** The text to sign: method, signed headers, path and parameters, without URL encoding. */
export function writeStringToSign({ method, path, parameters }: ApiRequest, headers: Headers): string {
  const lines = Object.keys(headers)
    .filter((name) => name === "date" || name.startsWith("x-authing-"))
    .sort()
    .map((name) => `${name}:${(headers[name] ?? "").replace(/[\t\r\n\f]/g, " ").trim()}\n`);
  return `${method}\n${lines.join("")}${path}${writeSignedQuery(parameters)}`;
}

function writeSignedQuery(parameters: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(parameters)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `?${pairs.join("&")}`;
}
