import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { serveUntilEnd } from "../../../src/guard";

const send = Object.getOwnPropertyDescriptor(process, "send");
const connected = Object.getOwnPropertyDescriptor(process, "connected");
const ABSENT = { value: undefined, configurable: true, writable: true };

// The channel of a worker of Jest is no keeper's.
beforeEach(() => {
  Object.defineProperty(process, "connected", { ...ABSENT, value: false });
});
afterEach(() => {
  Object.defineProperty(process, "send", send ?? ABSENT);
  Object.defineProperty(process, "connected", connected ?? ABSENT);
});

test("a keeper that is asked to end as soon as it says that it listens ends in order", async () => {
  const said: unknown[] = [];
  const listeners = process.listenerCount("SIGTERM");
  Object.assign(process, {
    send(message: unknown) {
      said.push(message, process.listenerCount("SIGTERM") - listeners);
      // As a job does that has nothing to apply.
      process.emit("SIGTERM");
    },
  });
  await serveUntilEnd();
  expect(said).toEqual(["ready", 1]);
});
