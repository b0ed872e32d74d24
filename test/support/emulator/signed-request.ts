import {
  buildAuthorization,
  buildStringToSign,
  DEFAULT_HEADERS,
} from "authing-node-sdk/dist/utils/buildSignature";
import type { Emulator } from "./index";

/** The body of an answer. */
export interface Envelope {
  readonly statusCode: number;
  readonly message: string;
  readonly apiCode?: number;
  readonly data?: unknown;
}

/** How a request differs from a valid one. */
export interface Deviation {
  /** Set before the request is signed; undefined omits a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Set after the request is signed. */
  readonly forged?: Readonly<Record<string, string>>;
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
}

/** The headers of a request, signed by the official SDK. */
export function signedHeaders(
  { accessKeyId, accessKeySecret }: Pick<Emulator, "accessKeyId" | "accessKeySecret">,
  method: "GET" | "POST",
  path: string,
  parameters: Record<string, unknown>,
  deviation: Deviation = {},
): Record<string, string> {
  const wanted: Record<string, string | undefined> = {
    ...DEFAULT_HEADERS(),
    date: new Date().toUTCString(),
    ...deviation.headers,
  };
  const headers = Object.fromEntries(
    Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const authorization = buildAuthorization(
    deviation.accessKeyId ?? accessKeyId,
    deviation.accessKeySecret ?? accessKeySecret,
    buildStringToSign(method, path, headers, parameters),
  );
  return { ...headers, authorization, ...deviation.forged };
}

/** Looks up one user with a signed request. Returns the body of the answer. */
export async function lookUp(
  emulator: Emulator,
  userId: string,
  deviation: Deviation = {},
): Promise<Envelope> {
  const headers = signedHeaders(emulator, "GET", "/api/v3/get-user", { userId }, deviation);
  return getEnvelope(`${emulator.url}/api/v3/get-user?userId=${encodeURIComponent(userId)}`, headers);
}

/** Fetches a URL; the answer must be HTTP 200 with an envelope. */
export async function getEnvelope(url: string, headers: Record<string, string>): Promise<Envelope> {
  const response = await fetch(url, { headers });
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as Envelope;
}
