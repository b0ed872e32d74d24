import { randomBytes } from "node:crypto";
import { version } from "../../package.json";
import type { ApiRequest } from "./request";
import type { Settings } from "./settings";
import type { Headers, Sign } from "./signature";

/**
 * The headers of one attempt, signed. Nonce and date are consumed once, so each attempt needs new ones.
 *
 * @param now milliseconds since 1970
 */
export function signedHeaders(
  request: ApiRequest,
  { lang, tenantId }: Pick<Settings, "lang" | "tenantId">,
  sign: Sign,
  now: number,
): Headers {
  const headers: Headers = {
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": `cdktf-genauth/${version} (${process.platform}; ${process.arch}) Node.js/${process.version}`,
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
