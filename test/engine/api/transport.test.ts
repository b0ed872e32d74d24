import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { createManagementClient, createPoolProbe, createRelay } from "../../../src/api";
import { getUserBatch } from "../../../src/api/calls";
import { findProxy } from "../../../src/api/options";
import { createTransport, type Sender } from "../../../src/api/transport";
import { createCertificate } from "../../../src/plugin/certificate";
import { type LocalServer, startAnswering, startProxy } from "../../support/api/local-servers";
import { startTestServer, fastClock } from "../../support/api/test-server";
import { closing, newFolder } from "../../support/at-end";

const { request } = getUserBatch(["a"], "user_id");
const transportTo = (origin: string, proxy?: string): Sender =>
  closing(
    createTransport(
      { origin, proxy: proxy === undefined ? undefined : new URL(proxy), timeoutSeconds: 30 },
      () => ({}),
    ),
  );

test("connections are kept alive until close", async () => {
  const server = closing(await startAnswering());
  const transport = transportTo(`http://127.0.0.1:${server.port}`);
  for (let call = 0; call < 5; call += 1)
    expect(await transport.send(request)).toMatchObject({ kind: "answer", status: 200 });
  expect(server.connections()).toEqual({ made: 1, open: 1 });
  await expectToEndAll(transport, server);
});

/** Closes what has connections, which end at once and not only once they were idle for four seconds. */
async function expectToEndAll(opener: { close(): void }, server: LocalServer): Promise<void> {
  expect(server.connections().open).toBe(1);
  const begun = performance.now();
  opener.close();
  while (server.connections().open > 0) await new Promise(setImmediate);
  expect(performance.now() - begun).toBeLessThan(3000);
}

test("a client, a probe and a relay close their connections", async () => {
  const server = closing(await startAnswering());
  const options = { host: `http://127.0.0.1:${server.port}`, accessKeyId: "id", accessKeySecret: "secret" };
  const client = closing(createManagementClient(options));
  await client.findUsers(["ada"], "username");
  await expectToEndAll(client, server);
  const probe = closing(createPoolProbe(options));
  await probe.lookUp(["ada"], "username");
  await expectToEndAll(probe, server);
  const relay = closing(createRelay(options));
  await relay.finder.findUsers(["ada"], "username");
  await expectToEndAll(relay, server);
});

test("the secret is never sent, only signatures", async () => {
  const server = closing(await startAnswering());
  const accessKeySecret = "s3cr3t-that-stays-here";
  const host = `http://127.0.0.1:${server.port}`;
  const client = closing(
    createManagementClient({ host, accessKeyId: "id", accessKeySecret, tenantId: "tenant" }),
  );
  await client.findUser("ada", "username");
  await client.findUsers(["ada", "bo"], "username");
  await client.deleteUsers(["ada"], "username");
  await client.readFullUsers(["ada"]);
  const sent = server.received();
  expect(sent.match(/authorization: authing id:/gi)).toHaveLength(server.requests.length);
  expect(sent).toContain('"ada"');
  for (const encoding of ["utf8", "base64", "hex"] as const)
    expect(sent).not.toContain(Buffer.from(accessKeySecret).toString(encoding));
});

test("if a host refuses connections, even a deletion is tried again, because nothing was sent", async () => {
  const server = await startAnswering();
  await server.close();
  const { clock, waits } = fastClock();
  const host = `http://127.0.0.1:${server.port}`;
  const client = closing(
    createManagementClient({ host, accessKeyId: "id", accessKeySecret: "secret", maxAttempts: 3 }, clock),
  );
  expect(await client.deleteUsers(["a", "b"], "user_id")).toEqual({
    ok: false,
    failure: {
      message:
        `Could not delete 2 users (3 attempts): ${host} cannot be reached (ECONNREFUSED). ` +
        "Check the host, the network and the proxy, then run again.",
      effect: "none",
      reach: "every_call",
      transient: true,
    },
  });
  expect(waits).toEqual(expect.arrayContaining([500, 1000]));
});

test("an untrusted certificate is refused before anything is sent", async () => {
  const server = closing(await startAnswering(createCertificate()));
  const client = closing(
    createManagementClient({
      host: `https://localhost:${server.port}`,
      accessKeyId: "id",
      accessKeySecret: "secret",
    }),
  );
  expect(await client.deleteUsers(["a"], "user_id")).toMatchObject({
    ok: false,
    failure: {
      message: expect.stringMatching(
        /certificate of https:\/\/localhost:\d+ is not trusted.*NODE_EXTRA_CA_CERTS/,
      ),
      effect: "none",
      reach: "every_call",
      transient: false,
    },
  });
  expect(server.requests).toEqual([]);
});

test("a server without TLS is a broken connection", async () => {
  const server = closing(await startAnswering());
  expect(await transportTo(`https://localhost:${server.port}`).send(request)).toMatchObject({
    kind: "none",
    cause: "connection_lost",
  });
});

test("NODE_EXTRA_CA_CERTS makes a private deployment trusted, also through a proxy", async () => {
  const certificate = createCertificate();
  const server = closing(await startAnswering(certificate));
  const proxy = closing(await startProxy());
  const file = path.join(newFolder(), "ca.pem");
  await writeFile(file, certificate.pem);

  const origin = `https://localhost:${server.port}`;
  const answer = { kind: "answer", status: 200, text: `{"statusCode":200,"data":[]}` };
  const program = ["--import", "tsx", path.join(__dirname, "send-both-ways.ts")];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...program, origin, `http://me:pass%20word@127.0.0.1:${proxy.port}`],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: file } },
  );
  expect(JSON.parse(stdout)).toMatchObject({ straight: answer, tunnelled: answer });
  expect(proxy.requests).toEqual([`CONNECT localhost:${server.port}`]);
  expect(proxy.credentials).toEqual([`Basic ${Buffer.from("me:pass word").toString("base64")}`]);
  expect(server.requests).toHaveLength(2);
  // In the tunnel, only the name of the server is readable.
  expect(proxy.tunnelled()).toContain("localhost");
  expect(proxy.tunnelled()).not.toMatch(/authorization|authing|get-user-batch|userIds/);
});

test("a proxy that refuses or is unreachable is reported by its address, without its password", async () => {
  const refusing = closing(await startProxy(407));
  const origin = "https://genauth.example";
  const refused = await transportTo(origin, `http://me:hidden@127.0.0.1:${refusing.port}`).send(request);
  expect(refused).toMatchObject({ kind: "answer", status: 407 });
  expect(refusing.requests).toEqual(["CONNECT genauth.example:443"]);

  const gone = await startProxy();
  await gone.close();
  const reply = await transportTo(origin, `http://me:hidden@127.0.0.1:${gone.port}`).send(request);
  expect(reply).toEqual({
    kind: "none",
    cause: "unreachable",
    reason: `${origin} (through the proxy http://127.0.0.1:${gone.port}) cannot be reached (ECONNREFUSED)`,
  });
});

const PROXY = "http://proxy.example:3128";

test.each([
  {
    what: "goes through the proxy of HTTPS_PROXY",
    origin: "https://genauth.example",
    env: { HTTPS_PROXY: PROXY },
    way: { proxy: new URL(PROXY) },
  },
  {
    what: "goes through the proxy of https_proxy, which may itself speak TLS",
    origin: "https://genauth.example",
    env: { https_proxy: "https://proxy.example" },
    way: { proxy: new URL("https://proxy.example") },
  },
  {
    what: "goes straight to a host without a proxy in the environment",
    origin: "https://genauth.example",
    env: {},
    way: {},
  },
  {
    what: "goes straight to a host that NO_PROXY names by the end of its name",
    origin: "https://genauth.example",
    env: { HTTPS_PROXY: PROXY, NO_PROXY: "other,.example" },
    way: {},
  },
  {
    what: "goes straight to this machine by its name",
    origin: "https://localhost:8443",
    env: { HTTPS_PROXY: PROXY },
    way: {},
  },
  {
    what: "goes straight to this machine by its address",
    origin: "http://127.0.0.1:8080",
    env: { HTTP_PROXY: PROXY },
    way: {},
  },
  {
    what: "is refused with a proxy of another kind, whose password no message shows",
    origin: "https://genauth.example",
    env: { HTTPS_PROXY: "socks5://me:hidden@proxy.example" },
    way: { problem: expect.stringMatching(/^(?!.*hidden)HTTPS_PROXY must be the URL/) },
  },
])("a call $what", ({ origin, env, way }) => {
  const saved = process.env;
  process.env = env;
  try {
    expect(findProxy(origin)).toEqual(way);
  } finally {
    process.env = saved;
  }
});

test("a client whose proxy is of another kind is not created", () => {
  const saved = process.env;
  process.env = { HTTPS_PROXY: "socks5://proxy.example" };
  const options = { host: "https://genauth.example", accessKeyId: "id", accessKeySecret: "secret" };
  try {
    expect(() => createManagementClient(options)).toThrow("HTTPS_PROXY must be the URL");
  } finally {
    process.env = saved;
  }
});

test("a redirect is not followed, so that no other host gets the signature", async () => {
  const elsewhere = closing(await startAnswering());
  const server = await startTestServer();
  const location = `http://127.0.0.1:${elsewhere.port}/`;
  for (const status of [301, 302, 303, 307, 308])
    server.emulator.faults.add({ times: 1, then: { kind: "redirect", location, status } });
  for (const statusCode of [301, 302, 303, 307, 308])
    expect(await server.client.deleteUsers(["user001"], "username")).toMatchObject({
      ok: false,
      failure: {
        statusCode,
        effect: "unknown",
        message: expect.stringContaining(`the server redirects to "${location}"`),
      },
    });
  expect(elsewhere.connections().made).toBe(0);
});
