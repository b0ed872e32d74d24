import { describe, expect, test } from "@jest/globals";
import { FetchError } from "node-fetch";
import { classifyNetworkError } from "../../../src/api/transport";

/** What a request without an answer means: whether it was sent decides on a second attempt of a deletion. */

function replyTo(code: string, syscall?: string) {
  const error = new FetchError(code, "system", { code, syscall });
  return classifyNetworkError(error, "https://genauth.example", 30);
}

test.each([
  { code: "EHOSTUNREACH", syscall: "connect" },
  { code: "ENETUNREACH", syscall: "connect" },
  { code: "ETIMEDOUT", syscall: "connect" },
  { code: "ENOTFOUND", syscall: "getaddrinfo" },
  { code: "EAI_FAIL", syscall: "getaddrinfo" },
  // Of a name with several addresses, Node.js gives the code alone.
  { code: "ECONNREFUSED", syscall: undefined },
  { code: "ENOTFOUND", syscall: undefined },
  { code: "EAI_AGAIN", syscall: undefined },
])("$code of $syscall comes before the first byte of a request", ({ code, syscall }) => {
  expect(replyTo(code, syscall)).toEqual({
    kind: "none",
    cause: "unreachable",
    reason: `https://genauth.example cannot be reached (${code})`,
  });
});

test.each([
  { code: "ECONNRESET", syscall: "read" },
  { code: "ETIMEDOUT", syscall: "read" },
  { code: "EPIPE", syscall: "write" },
  { code: "ECONNRESET", syscall: undefined },
  { code: "ETIMEDOUT", syscall: undefined },
  { code: "ERR_STREAM_PREMATURE_CLOSE", syscall: undefined },
])("after $code of $syscall, GenAuth may have the request", ({ code, syscall }) => {
  expect(replyTo(code, syscall)).toMatchObject({ kind: "none", cause: "connection_lost" });
});

describe("a request is not sent over a connection whose certificate", () => {
  test.each([
    "CERT_HAS_EXPIRED",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "HOSTNAME_MISMATCH",
  ])("is refused with %s", (code) => {
    expect(replyTo(code)).toMatchObject({ kind: "none", cause: "untrusted" });
  });
});

test("an error of the program is none of the network", () => {
  const error = new TypeError("x is not a function");
  expect(() => classifyNetworkError(error, "https://genauth.example", 30)).toThrow(error);
});
