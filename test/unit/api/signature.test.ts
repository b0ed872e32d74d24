import { expect, test } from "@jest/globals";
import { buildAuthorization, buildStringToSign } from "authing-node-sdk/dist/utils/buildSignature";
import fc from "fast-check";
import {
  type ApiRequest,
  deleteUsersBatch,
  getFullUsers,
  getUser,
  getUserBatch,
  listArchivedUsersPage,
  listUsersPage,
  updateUserBatch,
  writeBody,
  writeTarget,
} from "../../../src/api/calls";
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

test("the text to sign has no header but the date and those that begin with x-authing-, and no URL encoding", () => {
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

test.each([
  {
    call: "a deletion",
    request: deleteUsersBatch(["a b", "ü:1"], "external_id").request,
    signature: "qqAfCvvMnqG0gGAgv63AgK1sLPk=",
  },
  {
    call: "a look-up of several users",
    request: getUserBatch(["a@example.com", "b@example.com"], "email").request,
    signature: "2TUbME2ryayokTME0T6RouKi3AI=",
  },
  {
    call: "a look-up of one user",
    request: getUser("+8613800000001", "phone").request,
    signature: "6Yg6wmq82udpzwOudzPGbdXiaNE=",
  },
])("$call has the signature that version 4.0.1 of the official SDK wrote", ({ request, signature }) => {
  expect(createSigner("pool", "secret")(request, headers)).toBe(`authing pool:${signature}`);
});

test("a request tells every cache on the way not to answer it", () => {
  const { request } = getUser("a", "user_id");
  const settings = { lang: "en-US", tenantId: undefined, userAgent: "test" };
  expect(signHeaders(request, settings, createSigner("pool", "secret"), 0)).toHaveProperty(
    "cache-control",
    "no-cache",
  );
});

test("whatever the ids, the nonce and the secret, each kind of call is signed as the installed SDK signs it", () => {
  const text = fc.string({ unit: anyCharacter });
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 50 }),
      text,
      fc.integer({ min: 1 }),
      text,
      text,
      (ids, type, page, nonce, secret) => {
        const signed = { ...headers, "x-authing-signature-nonce": nonce };
        for (const { request } of [
          deleteUsersBatch(ids, type),
          updateUserBatch(ids, "Suspended"),
          getUserBatch(ids, type),
          getFullUsers(ids),
          getUser(ids[0] ?? "", type),
          listUsersPage(page),
          listArchivedUsersPage(0, page),
        ]) {
          const theirs = buildStringToSign(request.method, request.path, signed, { ...request.parameters });
          expect(writeStringToSign(request, signed)).toBe(theirs);
          expect(createSigner("id", secret)(request, signed)).toBe(buildAuthorization("id", secret, theirs));
        }
      },
    ),
    // 100 times, or as often as the variable FAULT_FUZZ says.
    seededRuns("FAULT_FUZZ", 100),
  );
});

test("a GET has its parameters in the query, with a list as repeated names in brackets, and no body", () => {
  const request: ApiRequest = {
    method: "GET",
    path: "/api/v3/get-user-batch",
    parameters: { userIds: ["a b", "c&d"], userIdType: "email" },
  };
  expect(writeTarget(request)).toBe(
    "/api/v3/get-user-batch?userIds%5B%5D=a+b&userIds%5B%5D=c%26d&userIdType=email",
  );
  expect(writeBody(request)).toBeUndefined();
});

test("a POST has its parameters in a JSON body, and no query", () => {
  const { request } = deleteUsersBatch(["a b"], "email");
  expect(writeTarget(request)).toBe("/api/v3/delete-users-batch");
  expect(writeBody(request)).toBe(`{"userIds":["a b"],"options":{"userIdType":"email"}}`);
});
