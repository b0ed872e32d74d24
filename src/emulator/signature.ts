import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Parameters } from "./parameters";

/** The parts of a request that are signed. */
export interface SignedParts {
  /** In capitals. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly parameters: Parameters;
}

/** The signature that a request must carry: base64 of the HMAC-SHA1 over its canonical text. */
export function expectedSignature(secret: string, parts: SignedParts): string {
  return createHmac("sha1", secret).update(canonicalText(parts), "utf8").digest("base64");
}

/** Compares two signatures. */
export function sameSignature(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function canonicalText({ method, path, headers, parameters }: SignedParts): string {
  const signedHeaders = Object.keys(headers)
    .filter((name) => name === "date" || name.startsWith("x-authing-"))
    .sort()
    .map(
      (name) =>
        `${name}:${String(headers[name])
          .replace(/[\t\n\r\f]/g, " ")
          .trim()}\n`,
    );
  const query = Object.keys(parameters)
    .sort()
    .map((key) => `${key}=${text(parameters[key])}`);
  return `${method}\n${signedHeaders.join("")}${[path, ...(query.length > 0 ? [query.join("&")] : [])].join("?")}`;
}

function text(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
