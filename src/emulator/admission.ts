import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Answer, type Parameters, refusal } from "./answer";

/** The key pairs, and the nonces in use. */
export interface Authentication {
  /** Every key pair of the pool. */
  readonly keys: readonly Key[];
  /** How far a request's date may be from the server's clock, in milliseconds. */
  readonly clockSkewMs: number;
  /** The time that a request's date is compared with. */
  readonly now: () => number;
  /** Each can be used once. */
  readonly nonces: Set<string>;
}

/** A key pair that signs requests. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** What a key may be allowed to do to users, beside reading them. */
export type Permission = "create" | "update" | "delete";

/** A key pair with its permissions; every key may read. */
export interface Key extends KeyPair {
  readonly may: readonly Permission[];
}

/** The parts of a request that are signed. */
export interface SignedParts {
  /** In upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly parameters: Parameters;
  /** What the call needs. */
  readonly permission: Permission | undefined;
}

/** Admits a request, or returns a refusal with the code that GenAuth documents for it. */
export function authenticate(authentication: Authentication, parts: SignedParts): Answer | undefined {
  const { headers } = parts;
  const { authorization } = headers;
  if (authorization === undefined) return refusal(401, "The request carries no authorization.", 2020);
  const [, accessKeyId, signature] = /^authing ([^:]+):(\S+)$/.exec(authorization) ?? [];
  if (accessKeyId === undefined || signature === undefined) return INVALID_SIGNATURE;
  const key = authentication.keys.find((pair) => pair.accessKeyId === accessKeyId);
  if (!key) return UNKNOWN_POOL;
  if (headers["x-authing-signature-method"] !== "HMAC-SHA1")
    return refusal(401, "The signature method is not the server's.", 1301);
  if (headers["x-authing-signature-version"] !== "1.0")
    return refusal(401, "The signature version is not the server's.", 1302);
  if (headers.date === undefined) return refusal(401, "The request carries no date.", 1304);
  const date = Date.parse(headers.date);
  if (Number.isNaN(date)) return refusal(401, "The request's date is malformed.", 1303);
  if (Math.abs(date - authentication.now()) > authentication.clockSkewMs)
    return refusal(401, "The request's date is too far from the server's clock.", 1305);
  const hmac = createHmac("sha1", key.accessKeySecret).update(canonicalText(parts), "utf8");
  if (!sameSignature(signature, hmac.digest("base64"))) return INVALID_SIGNATURE;
  const nonce = headers["x-authing-signature-nonce"];
  if (typeof nonce !== "string" || nonce === "") return INVALID_SIGNATURE;
  if (authentication.nonces.has(nonce)) return refusal(401, "The signature was consumed before.", 1306);
  authentication.nonces.add(nonce);
  return parts.permission === undefined || key.may.includes(parts.permission) ? undefined : NOT_PERMITTED;
}

const INVALID_SIGNATURE = refusal(401, "The signature is invalid.", 1300);
const NOT_PERMITTED = refusal(403, "This key has no permission for this operation.");
const UNKNOWN_POOL = refusal(404, "The user pool does not exist.", 2224);

function sameSignature(one: string, other: string): boolean {
  const left = Buffer.from(one);
  const right = Buffer.from(other);
  return left.length === right.length && timingSafeEqual(left, right);
}

function canonicalText({ method, path, headers, parameters }: SignedParts): string {
  const signedHeaders = Object.keys(headers)
    .filter((name) => name === "date" || name.startsWith("x-authing-"))
    .sort()
    .map((name) => `${name}:${String(headers[name]).replace(/\s/g, " ").trim()}\n`);
  const query = Object.keys(parameters)
    .sort()
    .map((key) => `${key}=${text(parameters[key])}`);
  return `${method}\n${signedHeaders.join("")}${[path, ...(query.length > 0 ? [query.join("&")] : [])].join("?")}`;
}

function text(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** The rate limit of a pool. GenAuth publishes 150 requests a second, then 429 for 3 seconds. */
export interface RateLimit {
  /** Requests admitted in any second. */
  readonly perSecond: number;
  /** How long every request is refused after the limit was exceeded, in milliseconds. */
  readonly pauseMs: number;
}

/** The published limit of GenAuth's public cloud. */
export const PUBLISHED_RATE_LIMIT: RateLimit = { perSecond: 150, pauseMs: 3000 };

/** Counts requests in a sliding second, and refuses all requests for a while after too many. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #admittedAt: number[] = [];
  #refusesUntil = -Infinity;

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether one more request is admitted now; a refused request is not counted. */
  admits(): boolean {
    const now = this.#now();
    if (now < this.#refusesUntil) return false;
    while ((this.#admittedAt[0] ?? Infinity) <= now - 1000) this.#admittedAt.shift();
    if (this.#admittedAt.length >= this.#limit.perSecond) {
      this.#refusesUntil = now + this.#limit.pauseMs;
      return false;
    }
    this.#admittedAt.push(now);
    return true;
  }
}
