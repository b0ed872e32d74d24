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

test.each<{
  readonly because: string;
  readonly change: Record<string, string | undefined>;
  readonly sentence: string;
}>([
  {
    because: "a person starts it",
    change: { TF_PLUGIN_MAGIC_COOKIE: undefined },
    sentence: "They start it themselves",
  },
  {
    because: "something else starts it",
    change: { TF_PLUGIN_MAGIC_COOKIE: "wrong" },
    sentence: "They start it themselves",
  },
  {
    because: "only other protocols are offered",
    change: { PLUGIN_PROTOCOL_VERSIONS: "4,5" },
    sentence: "speaks plugin protocol 6 and was offered 4,5",
  },
  {
    because: "a protocol only looks like 6",
    change: { PLUGIN_PROTOCOL_VERSIONS: "16,60" },
    sentence: "was offered 16,60",
  },
  {
    because: "no protocol is offered",
    change: { PLUGIN_PROTOCOL_VERSIONS: undefined },
    sentence: "was offered none",
  },
  {
    because: "TLS is turned off",
    change: { PLUGIN_CLIENT_CERT: undefined },
    sentence: "Unset TF_DISABLE_PLUGIN_TLS",
  },
  {
    because: "the certificate is none",
    change: { PLUGIN_CLIENT_CERT: "x" },
    sentence: "cannot read the client certificate",
  },
  { because: "the certificate is empty", change: { PLUGIN_CLIENT_CERT: "" }, sentence: "mutual TLS only" },
])("does not start if $because", ({ change, sentence }) => {
  const handshake = () => readHandshake({ ...TERRAFORM, ...change }, "test");
  expect(handshake).toThrow(StartupError);
  expect(handshake).toThrow(sentence);
});

test("answers with one line, with its certificate in base64 without padding", () => {
  expect(handshakeLine("/tmp/x/socket", Uint8Array.of(1, 2, 3, 4))).toBe(
    "1|6|unix|/tmp/x/socket|grpc|AQIDBA",
  );
});
