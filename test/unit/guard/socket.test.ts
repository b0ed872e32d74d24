import { once } from "node:events";
import { statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { atEnd } from "../../support/at-end";
import { GUARD_VERSION, GuardHeader } from "../../../src/api";
import { DELETE, deletion, expectDone, type Guarded, LOOK_UP, lookUp, openGuard } from "./support/in-process";
import { ada, bob, everybodyBut, idsOfEverybody } from "./support/people";
import { planOf } from "./support/plans";

/** What a hostile program tries with bytes at the guard's socket, beside an apply. */

const plans = [planOf({ deleted: [ada.email] })];
const approvedDeletion = JSON.stringify(deletion([ada.email]));
const otherDeletion = JSON.stringify(deletion([bob.email]));
const someLookUp = JSON.stringify(lookUp([bob.email]));

/** The bytes of a request with a body, whose length may be said wrongly. */
function bytesOf(
  { emulator }: Guarded,
  path: string,
  body: string,
  length = Buffer.byteLength(body),
): string {
  const headers = [
    "host: guard",
    `${GuardHeader.VERSION}: ${GUARD_VERSION}`,
    `${GuardHeader.HOST}: ${emulator.url}`,
    `content-length: ${length}`,
  ];
  return `POST ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
}

async function openSocket({ session }: Guarded): Promise<Socket> {
  const socket = connect(session.socket);
  atEnd(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Reads the status of each answer until the other side has closed, or as many have begun as expected. */
function readStatuses(socket: Socket, expected: number): Promise<string[]> {
  let text = "";
  const statuses = (): string[] =>
    [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status = ""]) => status);
  return new Promise((resolve) => {
    socket.on("data", (data: Buffer) => {
      text += data.toString();
      if (statuses().length >= expected) resolve(statuses());
    });
    socket.once("close", () => resolve(statuses()));
  });
}

/** Sends bytes, and reads until the other side closes. */
async function sendAndRead(socket: Socket, bytes: string | Buffer): Promise<string> {
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString()));
  socket.end(bytes);
  await once(socket, "close");
  return text;
}

test("the socket is open to the guard's own user only", async () => {
  const { session } = await openGuard({ plans });
  expect(statSync(session.socket).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(session.socket)).mode & 0o777).toBe(0o700);
});

describe("a path that only looks like a deletion's is no call that the guard knows:", () => {
  test.each([
    `/${DELETE}`,
    DELETE.replace("/v3/", "/v3//"),
    `${DELETE}/`,
    `${DELETE};x`,
    `${DELETE}#x`,
    `${DELETE}%20`,
    DELETE.replace("-", "%2D"),
    DELETE.toUpperCase(),
    `${LOOK_UP}/..${DELETE.slice(DELETE.lastIndexOf("/"))}`,
    `http://guard${DELETE}`,
    `http://other.example${DELETE}`,
  ])("%s", async (path) => {
    const guarded = await openGuard({ plans });
    const text = await sendAndRead(await openSocket(guarded), bytesOf(guarded, path, approvedDeletion));
    expect(text).toContain("does not know the call");
    expect(guarded.callsReceived()).toEqual([]);
  });
});

describe("a request that HTTP lets one write differently deletes nobody:", () => {
  /** The body in chunks, of which one has an extension, and a header behind it. */
  function inChunks(request: string): string {
    const head = request.replace(/content-length: \d+/, "transfer-encoding: chunked").split("\r\n\r\n")[0];
    const size = otherDeletion.length.toString(16);
    return `${head}\r\n\r\n${size};x=y\r\n${otherDeletion}\r\n0\r\n${GuardHeader.HOST}: x\r\n\r\n`;
  }

  function compressed(request: string): Buffer {
    const body = gzipSync(otherDeletion);
    const head = request.replace(/length: \d+/, `length: ${body.length}`).split("\r\n\r\n")[0];
    return Buffer.concat([Buffer.from(`${head}\r\ncontent-encoding: gzip\r\n\r\n`), body]);
  }

  const adding =
    (header: string) =>
    (request: string): string =>
      request.replace("host:", `${header}\r\nhost:`);

  test.each<{ readonly trick: string; readonly change: (request: string) => string | Buffer }>([
    { trick: "another method in a header", change: adding("x-http-method-override: DELETE") },
    { trick: "an upgrade of the protocol", change: adding("connection: upgrade\r\nupgrade: h2c") },
    { trick: "the wish to go on", change: adding("expect: 100-continue") },
    { trick: "the version twice", change: adding(`${GuardHeader.VERSION}: ${GUARD_VERSION}`) },
    { trick: "the host twice", change: adding(`${GuardHeader.HOST}: https://other.example`) },
    { trick: "a tunnel as its method", change: (request) => request.replace("POST", "CONNECT") },
    { trick: "an older protocol", change: (request) => request.replace("HTTP/1.1", "HTTP/1.0") },
    { trick: "line feeds alone", change: (request) => request.replaceAll("\r\n", "\n") },
    {
      trick: "a header that is continued",
      change: (request) => request.replace("host: guard", "host: guard\r\n x: y"),
    },
    { trick: "chunks, with an extension and a trailer", change: inChunks },
    { trick: "a body that is compressed", change: compressed },
  ])("$trick", async ({ change }) => {
    const guarded = await openGuard({ plans });
    const request = change(bytesOf(guarded, DELETE, otherDeletion));
    expect(await sendAndRead(await openSocket(guarded), request)).not.toContain("HTTP/1.1 200");
    expect(guarded.changesReceived()).toBe(0);
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

test("requests on one connection are judged each by itself", async () => {
  const guarded = await openGuard({ plans });
  const socket = await openSocket(guarded);
  socket.write(
    [
      bytesOf(guarded, LOOK_UP, someLookUp),
      bytesOf(guarded, DELETE, otherDeletion),
      bytesOf(guarded, DELETE, approvedDeletion),
      bytesOf(guarded, DELETE, otherDeletion),
    ].join(""),
  );
  expect(await readStatuses(socket, 4)).toEqual(["200", "403", "200", "403"]);
  expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
});

describe.each([
  { place: "in the place of the body", before: "" },
  { place: "behind the end of a body in chunks", before: "0\r\n\r\n" },
])("a request hidden $place of another one", ({ before }) => {
  const replacing =
    (by: string) =>
    (request: string): string =>
      request.replace("content-length", by);

  test.each<{ readonly length: string; readonly smuggle: (request: string) => string }>([
    { length: "with its true length", smuggle: (request) => request },
    {
      length: "with a length of nothing",
      smuggle: (request) => request.replace(/content-length: \d+/, "content-length: 0"),
    },
    {
      length: "in chunks and with a length",
      smuggle: replacing("transfer-encoding: chunked\r\ncontent-length"),
    },
    { length: "with two lengths", smuggle: replacing("content-length: 0\r\ncontent-length") },
    { length: "in an encoding that nobody knows", smuggle: replacing("transfer-encoding: xchunked\r\nx") },
    {
      length: "in chunks, with a blank in the header",
      smuggle: replacing("transfer-encoding : chunked\r\nx"),
    },
  ])("$length, deletes nobody", async ({ smuggle }) => {
    const guarded = await openGuard({ plans });
    const body = `${before}${bytesOf(guarded, DELETE, otherDeletion)}`;
    const socket = await openSocket(guarded);
    const statuses = readStatuses(socket, 2);
    socket.end(smuggle(bytesOf(guarded, LOOK_UP, body)));
    expect(await statuses).not.toContain("200");
    expect(guarded.changesReceived()).toBe(0);
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });
});

test("a hundred requests that never end keep nobody else waiting, and not the guard's end", async () => {
  const guarded = await openGuard({ plans });
  for (let number = 0; number < 100; number += 1) {
    const socket = await openSocket(guarded);
    socket.write(bytesOf(guarded, DELETE, "{", 1000));
  }
  expectDone(await guarded.deleteByEmail(ada));
  expect((await guarded.session.close()).changes.deletion.sent).toBe(1);
});

test("requests that wait for their turn are sent no more once the guard ends", async () => {
  const guarded = await openGuard({ plans, environment: { GENAUTH_REQUESTS_PER_SECOND: "2" } });
  const socket = await openSocket(guarded);
  socket.write(bytesOf(guarded, LOOK_UP, someLookUp).repeat(500));
  await once(socket, "data");
  await guarded.session.close();
  expect(guarded.callsReceived().length).toBeLessThan(100);
});

test("a request that comes while the guard ends is not sent", async () => {
  const guarded = await openGuard({ plans }, { latencyMs: 200 });
  const socket = await openSocket(guarded);
  const statuses = readStatuses(socket, 2);
  socket.write(bytesOf(guarded, LOOK_UP, someLookUp));
  while (!guarded.callsReceived().includes(LOOK_UP)) await new Promise((resolve) => setTimeout(resolve, 5));
  const ended = guarded.session.close();
  socket.write(bytesOf(guarded, DELETE, approvedDeletion));
  await ended;
  expect(await statuses).not.toContain("403");
  expect(guarded.idsLeft()).toEqual(idsOfEverybody);
});

test("all processes of a run share one pace", async () => {
  const { send } = await openGuard({ plans, environment: { GENAUTH_REQUESTS_PER_SECOND: "4" } });
  const begun = performance.now();
  // Each on a connection of its own.
  await Promise.all(Array.from({ length: 6 }, () => send(LOOK_UP, lookUp([ada.email]))));
  expect(performance.now() - begun).toBeGreaterThan(1000);
});
