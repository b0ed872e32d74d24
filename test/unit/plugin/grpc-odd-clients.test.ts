import { once } from "node:events";
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { connect as connectSocket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { KEPT_OPEN, type Method } from "../../../src/plugin/grpc-server";
import { GrpcListener } from "./support/grpc-listener";

let listener: GrpcListener;
let session: ClientHttp2Session;
const asked: string[] = [];

beforeEach(async () => {
  asked.length = 0;
  listener = await GrpcListener.open(
    new Map<string, Method>([
      [
        "/test/Ask",
        (request) => {
          const text = Buffer.from(request).toString();
          if (!/^[a-z]*$/.test(text)) throw new Error("No such request.");
          asked.push(text);
          return Promise.resolve(Buffer.from("answer"));
        },
      ],
      ["/test/Wait", () => new Promise(() => undefined)],
      ["/test/Much", () => Promise.resolve(Buffer.alloc(20_000_000))],
      ["/test/Open", KEPT_OPEN],
    ]),
  );
  session = connect("http://localhost", { createConnection: () => connectSocket(listener.socket) });
});
afterEach(() => {
  session.destroy();
  listener.close();
});

const request = (path: string, headers: object = {}): ClientHttp2Stream =>
  session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", ...headers });

/** Everything that a client receives: headers and trailers together, and the message. */
async function ending(stream: ClientHttp2Stream): Promise<Record<string, unknown>> {
  let received: Record<string, unknown> = {};
  const receive = (headers: object) => (received = { ...received, ...headers });
  stream.on("response", receive);
  stream.on("trailers", receive);
  const pieces: Buffer[] = [];
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  await once(stream, "close");
  return { ...received, body: Buffer.concat(pieces).toString("latin1") };
}

const head = (length: number, compressed = 0) => {
  const bytes = Buffer.alloc(5, compressed);
  bytes.writeUInt32BE(length, 1);
  return bytes;
};
const flagged = (content: Uint8Array | string) =>
  Buffer.concat([head(content.length, 1), Buffer.from(content)]);
const gzipped = gzipSync("hello");
const hello = Buffer.concat([head(5), Buffer.from("hello")]);

test("a message that arrives byte by byte is one message", async () => {
  const stream = request("/test/Ask");
  for (const byte of hello) stream.write(Buffer.of(byte));
  stream.end();
  expect(await ending(stream)).toMatchObject({
    ":status": 200,
    "grpc-status": "0",
    body: "\0\0\0\0\x06answer",
  });
  expect(asked).toEqual(["hello"]);
});

test.each<{ what: string; encoding?: string; bytes: Buffer; code: string }>([
  { what: "is compressed with an unknown method", encoding: "snappy", bytes: flagged(gzipped), code: "12" },
  { what: "claims to be compressed and is not", encoding: "gzip", bytes: flagged("hello"), code: "13" },
  { what: "is compressed without naming the method", bytes: flagged(gzipped), code: "13" },
  { what: "claims 2 GiB", bytes: head(2 ** 31), code: "8" },
  { what: "ends too early", bytes: hello.subarray(0, 7), code: "12" },
  { what: "is missing", bytes: Buffer.of(), code: "12" },
  { what: "is two messages", bytes: Buffer.concat([hello, hello]), code: "12" },
])("a message that $what fails with $code, and is not carried out", async ({ encoding, bytes, code }) => {
  const stream = request("/test/Ask", encoding === undefined ? {} : { "grpc-encoding": encoding });
  stream.end(bytes);
  expect(await ending(stream)).toMatchObject({ ":status": 200, "grpc-status": code, body: "" });
  expect(asked).toEqual([]);
});

test("a call that fails early does not wait for the rest of the message", async () => {
  const stream = request("/test/Ask");
  stream.write(head(2 ** 31));
  const [headers] = (await once(stream, "response")) as [object];
  expect(headers).toMatchObject({ "grpc-status": "8" });
  stream.end();
});

test("a failed call is not carried out when the rest of it arrives", async () => {
  const stream = request("/test/Ask");
  stream.write(hello);
  stream.write(head(2 ** 31));
  await once(stream, "response");
  stream.end(hello);
  expect(await ending(stream)).toMatchObject({ body: "" });
  expect(asked).toEqual([]);
});

test("a call that is cancelled before its end is not carried out, and the next one is", async () => {
  const broken = request("/test/Ask");
  await new Promise<void>((sent) => broken.write(hello, () => sent()));
  broken.destroy();
  const next = request("/test/Ask");
  next.end(Buffer.concat([head(4), Buffer.from("next")]));
  expect(await ending(next)).toMatchObject({ "grpc-status": "0" });
  expect(asked).toEqual(["next"]);
});

test("a client that has not yet received an answer larger than Node's buffers can make other calls", async () => {
  const slow = request("/test/Much");
  slow.end(hello);
  await once(slow, "response");
  const next = request("/test/Ask");
  next.end(hello);
  expect(await ending(next)).toMatchObject({ "grpc-status": "0" });
  slow.destroy();
});

test("a call ends with its deadline", async () => {
  const stream = request("/test/Wait", { "grpc-timeout": "20m" });
  stream.end(hello);
  expect(await ending(stream)).toMatchObject({ "grpc-status": "4" });
});

test.each(["1H", "2M", "30S", "99999m", "99999999u", "99999999n", "99999999H"])(
  "a call with the deadline %s is answered",
  async (limit) => {
    const stream = request("/test/Ask", { "grpc-timeout": limit });
    stream.end(hello);
    expect(await ending(stream)).toMatchObject({ "grpc-status": "0" });
  },
);

test("a call with an invalid deadline is refused", async () => {
  const stream = request("/test/Ask", { "grpc-timeout": "1x" });
  stream.end(hello);
  expect(await ending(stream)).toMatchObject({ "grpc-status": "13" });
  expect(asked).toEqual([]);
});

test.each([
  ["is not gRPC", { "content-type": "application/json" }],
  ["is a GET", { ":method": "GET" }],
])("a request that %s is not carried out", async (_, headers) => {
  const stream = request("/test/Ask", headers);
  stream.end();
  expect(await ending(stream)).not.toMatchObject({ "grpc-status": "0" });
  expect(asked).toEqual([]);
});

test("an open call is answered at once, before any message", async () => {
  const stream = request("/test/Open");
  const [headers] = (await once(stream, "response")) as [object];
  expect(headers).toMatchObject({
    ":status": 200,
    "content-type": expect.stringMatching(/^application\/grpc(\+proto)?$/),
  });
  stream.close();
});
