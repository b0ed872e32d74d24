import type { Answer } from "./answer";
import { refusal } from "./answer";
import type { Nonces } from "./nonces";
import { expectedSignature, sameSignature } from "./signature";
import type { SignedParts } from "./signature";
import type { Tokens } from "./tokens";

/** What the gate knows: the one key pair, and what it has seen and given out. */
export interface Gate {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** How far a request's date may be from the server's clock, in milliseconds. */
  readonly clockSkewMs: number;
  readonly now: () => number;
  readonly nonces: Nonces;
  readonly tokens: Tokens;
}

/** Lets a request pass, or gives the refusal with the code that GenAuth documents for its fault. */
export function authenticate(gate: Gate, parts: SignedParts): Answer | undefined {
  const { authorization } = parts.headers;
  if (authorization === undefined) return refusal(401, "The request carries no authorization.", 2020);
  if (/^bearer /i.test(authorization)) return authenticateToken(gate, parts, authorization.slice(7));
  return authenticateSignature(gate, parts, authorization);
}

function authenticateToken(gate: Gate, { headers }: SignedParts, token: string): Answer | undefined {
  if (headers["x-authing-userpool-id"] !== gate.accessKeyId) return UNKNOWN_POOL;
  return gate.tokens.isValid(token) ? undefined : refusal(401, "The token is not valid.", 2020);
}

function authenticateSignature(gate: Gate, parts: SignedParts, authorization: string): Answer | undefined {
  const { headers } = parts;
  const [, accessKeyId, signature] = /^authing ([^:]+):(\S+)$/.exec(authorization) ?? [];
  if (accessKeyId === undefined || signature === undefined) return INVALID_SIGNATURE;
  if (accessKeyId !== gate.accessKeyId) return UNKNOWN_POOL;
  if (headers["x-authing-signature-method"] !== "HMAC-SHA1")
    return refusal(401, "The signature method is not the server's.", 1301);
  if (headers["x-authing-signature-version"] !== "1.0")
    return refusal(401, "The signature version is not the server's.", 1302);
  if (headers.date === undefined) return refusal(401, "The request carries no date.", 1304);
  const date = Date.parse(headers.date);
  if (Number.isNaN(date)) return refusal(401, "The request's date is malformed.", 1303);
  if (Math.abs(date - gate.now()) > gate.clockSkewMs)
    return refusal(401, "The request's date is too far from the server's clock.", 1305);
  if (!sameSignature(signature, expectedSignature(gate.accessKeySecret, parts))) return INVALID_SIGNATURE;
  const nonce = headers["x-authing-signature-nonce"];
  if (typeof nonce !== "string" || nonce === "") return INVALID_SIGNATURE;
  return gate.nonces.consume(nonce) ? undefined : refusal(401, "The signature was consumed before.", 1306);
}

const INVALID_SIGNATURE = refusal(401, "The signature is invalid.", 1300);
const UNKNOWN_POOL = refusal(404, "The user pool does not exist.", 2224);
