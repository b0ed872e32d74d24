import { afterEach, expect, test } from "@jest/globals";
import { serveUntilEnd } from "../../../src/guard";

const original = Object.getOwnPropertyDescriptor(process, "send");
afterEach(() => {
  Object.defineProperty(
    process,
    "send",
    original ?? { value: undefined, configurable: true, writable: true },
  );
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
