import { X509Certificate, createPrivateKey } from "node:crypto";
import { expect, test } from "@jest/globals";
import { createCertificate } from "../../../src/plugin/certificate";

const made = createCertificate();
const certificate = new X509Certificate(made.pem);

test("is what Terraform expects: self-signed, a certificate authority, for localhost, for server and client", () => {
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(true);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.subjectAltName).toBe("DNS:localhost");
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
});

test("is over P-256, with its key", () => {
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
  expect(certificate.checkPrivateKey(createPrivateKey(made.privateKeyPem))).toBe(true);
});

test("is valid now, for at most a month", () => {
  const now = Date.now();
  expect(Date.parse(certificate.validFrom)).toBeLessThan(now);
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(now);
  expect(Date.parse(certificate.validTo)).toBeLessThan(now + 31 * 24 * 3600 * 1000);
});

test("is the same as DER and as PEM", () => {
  expect(new Uint8Array(certificate.raw)).toEqual(made.der);
});

test("is different each time", () => {
  const another = new X509Certificate(createCertificate().pem);
  expect(another.serialNumber).not.toBe(certificate.serialNumber);
  expect(another.fingerprint256).not.toBe(certificate.fingerprint256);
});
