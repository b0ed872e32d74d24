import { expect, test } from "@jest/globals";
import { buildAuthorization, buildStringToSign } from "authing-node-sdk/dist/utils/buildSignature";
import fc from "fast-check";
import { deleteUsersBatch, getUser, getUserBatch, writeBody, writeTarget } from "../../../src/api/calls";
import type { ApiRequest } from "../../../src/api/calls";
import { createSigner, signHeaders, writeStringToSign } from "../../../src/api/signature";
import { anyCharacter } from "../../support/any-character";
import { seededRuns } from "../../support/seed";

const headers = {
  accept: "application/json",
  date: "Tue, 01 Apr 2025 08:00:00 GMT",
  "x-authing-signature-nonce": "5d41402abc4b2a76b9719d911017c592",
  "x-authing-signature-method": "HMAC-SHA1",
  "x-authing-signature-version": "1.0",
  "x-authing-lang": "en-US",
};

test("the text to sign matches the documented example", () => {
  const request = deleteUsersBatch(["a b", "ü:1"], "external_id").request;
  expect(writeStringToSign(request, headers)).toBe(
    [
      "POST",
      "date:Tue, 01 Apr 2025 08:00:00 GMT",
      "x-authing-lang:en-US",
      "x-authing-signature-method:HMAC-SHA1",
      "x-authing-signature-nonce:5d41402abc4b2a76b9719d911017c592",
      "x-authing-signature-version:1.0",
      `/api/v3/delete-users-batch?options={"userIdType":"external_id"}&userIds=["a b","ü:1"]`,
    ].join("\n"),
  );
});

// Computed with buildAuthorization of authing-node-sdk 4.0.1.
test.each<[ApiRequest, string]>([
  [deleteUsersBatch(["a b", "ü:1"], "external_id").request, "qqAfCvvMnqG0gGAgv63AgK1sLPk="],
  [getUserBatch(["a@example.com", "b@example.com"], "email").request, "2TUbME2ryayokTME0T6RouKi3AI="],
  [getUser("+8613800000001", "phone").request, "6Yg6wmq82udpzwOudzPGbdXiaNE="],
])("%j has the known signature", (request, signature) => {
  expect(createSigner("pool", "secret")(request, headers)).toBe(`authing pool:${signature}`);
});

test("no cache may answer a request from its memory", () => {
  const { request } = getUser("a", "user_id");
  const settings = { lang: "en-US", tenantId: undefined, userAgent: "test" };
  expect(signHeaders(request, settings, createSigner("pool", "secret"), 0)).toHaveProperty(
    "cache-control",
    "no-cache",
  );
});

test("every request is signed as the official SDK signs it", () => {
  const text = fc.string({ unit: anyCharacter });
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 50 }),
      text,
      text,
      text,
      (ids, type, nonce, secret) => {
        const all = { ...headers, "x-authing-signature-nonce": nonce };
        for (const { request } of [
          deleteUsersBatch(ids, type),
          getUserBatch(ids, type),
          getUser(ids[0] ?? "", type),
        ]) {
          const theirs = buildStringToSign(request.method, request.path, all, { ...request.parameters });
          expect(writeStringToSign(request, all)).toBe(theirs);
          expect(createSigner("id", secret)(request, all)).toBe(buildAuthorization("id", secret, theirs));
        }
      },
    ),
    seededRuns("FAULT_FUZZ", 100),
  );
});

test("a query writes arrays with brackets, and a body is JSON", () => {
  const look = getUserBatch(["a b", "c&d"], "email").request;
  expect([writeTarget(look), writeBody(look)]).toEqual([
    "/api/v3/get-user-batch?userIds%5B%5D=a+b&userIds%5B%5D=c%26d&userIdType=email&withIdentities=true",
    undefined,
  ]);
  const removal = deleteUsersBatch(["a b"], "email").request;
  expect([writeTarget(removal), writeBody(removal)]).toEqual([
    "/api/v3/delete-users-batch",
    `{"userIds":["a b"],"options":{"userIdType":"email"}}`,
  ]);
});
