import { Client, credentials, status, type ServiceError } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { KEPT_OPEN, StatusError, type Method } from "../../../src/plugin/grpc-server";
import { GrpcListener } from "./support/grpc-listener";

let listener: GrpcListener;
let client: Client;
beforeEach(async () => {
  listener = await GrpcListener.open(
    new Map<string, Method>([
      ["/test/Echo", (request) => Promise.resolve(request)],
      ["/test/Refuse", () => Promise.reject(new StatusError(status.NOT_FOUND, "weg: ä 100% \u{1f600}"))],
      ["/test/Fall", () => Promise.reject(new Error("the roof fell in"))],
      ["/test/Open", KEPT_OPEN],
    ]),
  );
  client = new Client(listener.address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
});
afterEach(() => {
  client.close();
  listener.close();
});

const identity = (bytes: Buffer) => bytes;
const unary = (method: string, request: Buffer) =>
  new Promise<Buffer | undefined>((resolve, reject) => {
    client.makeUnaryRequest(`/test/${method}`, identity, identity, request, (problem, response) =>
      problem ? reject(problem) : resolve(response),
    );
  });

test.each([
  { size: "without a byte", length: 0 },
  { size: "of a byte", length: 1 },
  { size: "larger than any window of the connection", length: 5_000_000 },
])("transfers a message $size in both directions", async ({ length }) => {
  const message = Buffer.alloc(length, "x");
  expect((await unary("Echo", message))?.equals(message)).toBe(true);
});

test("handles many calls at once", async () => {
  const messages = Array.from({ length: 50 }, (_, index) => Buffer.from(`message ${index}`));
  expect(await Promise.all(messages.map((message) => unary("Echo", message)))).toEqual(messages);
});

test("ends a call with the status of the method, and a message in any script", async () => {
  const refused: Partial<ServiceError> = { code: status.NOT_FOUND, details: "weg: ä 100% \u{1f600}" };
  await expect(unary("Refuse", Buffer.from("x"))).rejects.toMatchObject(refused);
});

test("ends a call as internal if the method throws anything else", async () => {
  const failed: Partial<ServiceError> = { code: status.INTERNAL, details: "Error: the roof fell in" };
  await expect(unary("Fall", Buffer.from("x"))).rejects.toMatchObject(failed);
});

test("ends a call as unimplemented if there is no method of this name", async () => {
  await expect(unary("None", Buffer.from("x"))).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
});

test("keeps an open call open, whatever it sends, and ends it with OK when the server stops", async () => {
  const call = client.makeBidiStreamRequest("/test/Open", identity, identity);
  const begun = new Promise((resolve) => call.on("metadata", resolve));
  const ended = new Promise((resolve) => call.on("status", resolve));
  call.on("data", () => undefined);
  call.write(Buffer.from("a"));
  call.write(Buffer.alloc(1_000_000));
  await begun;
  expect(await unary("Echo", Buffer.from("x"))).toEqual(Buffer.from("x"));
  expect(await Promise.race([ended, Promise.resolve("open")])).toBe("open");

  const stopped = listener.server.stop();
  await expect(ended).resolves.toMatchObject({ code: status.OK });
  client.close();
  await stopped;
});

test("answers calls in progress before it stops", async () => {
  const echo = Buffer.alloc(3_000_000, "x");
  const answered = unary("Echo", echo);
  await unary("Echo", Buffer.from("x"));
  const stopped = listener.server.stop();
  expect((await answered)?.length).toBe(echo.length);
  client.close();
  await stopped;
});
