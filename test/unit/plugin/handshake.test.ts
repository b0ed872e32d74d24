import { expect, test } from "@jest/globals";
import { createCertificate } from "../../../src/plugin/certificate";
import { handshakeLine, readHandshake, StartupError } from "../../../src/plugin/handshake";

/** The variables that Terraform sets when it starts a provider. */
const TERRAFORM = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
  PLUGIN_CLIENT_CERT: createCertificate().pem,
};

test("reads the client's certificate from Terraform", () => {
  const { clientCertificate } = readHandshake(TERRAFORM, "test");
  expect(clientCertificate?.toString()).toBe(TERRAFORM.PLUGIN_CLIENT_CERT);
});

test.each<[string, Record<string, string | undefined>, string]>([
  ["a person starts it", { TF_PLUGIN_MAGIC_COOKIE: undefined }, "They start it themselves"],
  ["something else starts it", { TF_PLUGIN_MAGIC_COOKIE: "wrong" }, "They start it themselves"],
  [
    "only other protocols are offered",
    { PLUGIN_PROTOCOL_VERSIONS: "4,5" },
    "speaks plugin protocol 6 and was offered 4,5",
  ],
  ["a protocol only looks like 6", { PLUGIN_PROTOCOL_VERSIONS: "16,60" }, "was offered 16,60"],
  ["no protocol is offered", { PLUGIN_PROTOCOL_VERSIONS: undefined }, "was offered none"],
  ["TLS is turned off", { PLUGIN_CLIENT_CERT: undefined }, "Unset TF_DISABLE_PLUGIN_TLS"],
  ["the certificate is none", { PLUGIN_CLIENT_CERT: "x" }, "cannot read the client certificate"],
  ["the certificate is empty", { PLUGIN_CLIENT_CERT: "" }, "mutual TLS only"],
])("does not start if %s", (_, change, sentence) => {
  const handshake = () => readHandshake({ ...TERRAFORM, ...change }, "test");
  expect(handshake).toThrow(StartupError);
  expect(handshake).toThrow(sentence);
});

test("answers with one line, with its certificate in base64 without padding", () => {
  expect(handshakeLine("/tmp/x/socket", Uint8Array.of(1, 2, 3, 4))).toBe(
    "1|6|unix|/tmp/x/socket|grpc|AQIDBA",
  );
});
