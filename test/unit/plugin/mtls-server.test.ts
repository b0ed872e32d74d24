import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { createCertificate, type Certificate } from "../../../src/plugin/certificate";
import { createMtlsServer } from "../../../src/plugin/serve";

const daysFromNow = (days: number) => new Date(Date.now() + days * 24 * 3_600_000);
const announced = createCertificate();

let folder: string;
let close: () => void;
beforeEach(() => {
  folder = newFolder();
  close = () => undefined;
});
afterEach(() => close());

/** Starts a server for one client, which greets accepted clients. Returns a function that connects. */
async function open(clientCertificate: Certificate) {
  const server = createMtlsServer(
    createCertificate(),
    new X509Certificate(clientCertificate.pem),
    (connection) => connection.end("welcome"),
  );
  // The server's end of a connection without TLS stays open, and would keep the process of the tests.
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => connections.add(connection));
  close = () => {
    server.close();
    for (const connection of connections) connection.destroy();
  };
  const path = join(folder, "socket");
  await once(server.listen(path), "listening");
  return {
    path,
    connectAs: (shown: Certificate | undefined, options: ConnectionOptions = {}) =>
      received(connect({ path, cert: shown?.pem, key: shown?.privateKeyPem, ...STRANGER, ...options })),
  };
}

/** These tests do not check the server's certificate. */
const STRANGER = { rejectUnauthorized: false } as const;

/** Sends something, and returns everything received until the connection is closed. */
async function received(connection: Socket): Promise<string> {
  let text = "";
  connection.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
  connection.on("error", () => undefined);
  connection.write("hello");
  await new Promise((resolve) => connection.on("close", resolve));
  return text;
}

test.each(["TLSv1.2", "TLSv1.3"] as const)("accepts the announced client, with %s", async (version) => {
  const { connectAs } = await open(announced);
  expect(await connectAs(announced, { minVersion: version, maxVersion: version })).toBe("welcome");
});

describe.each(["TLSv1.2", "TLSv1.3"] as const)("with %s, refuses a client with", (version) => {
  test.each<[string, Certificate | undefined]>([
    ["nothing", undefined],
    ["another certificate of the same name", createCertificate()],
  ])("%s", async (_, shown) => {
    const { connectAs } = await open(announced);
    expect(await connectAs(shown, { minVersion: version, maxVersion: version })).toBe("");
  });
});

test.each<[string, Certificate]>([
  ["has expired", createCertificate(daysFromNow(-31))],
  ["is not valid yet", createCertificate(daysFromNow(1))],
])("refuses the announced client if its certificate %s", async (_, certificate) => {
  const { connectAs } = await open(certificate);
  expect(await connectAs(certificate)).toBe("");
});

test("refuses clients without TLS, or with an old version", async () => {
  const { path, connectAs } = await open(announced);
  expect(await received(connectPlainly(path))).not.toContain("welcome");
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  expect(await connectAs(announced, old)).toBe("");
});
