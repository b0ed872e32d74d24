import { afterEach, expect, test } from "@jest/globals";
import { serveUntilEnd } from "../../../src/guard";

/*
 * A guard may run as a process of its own. It sends "ready" to the process that started it, serves until it gets SIGTERM, and then prints
 * its summary. A signal for which it does not listen would kill it, and there would be no summary.
 */

// A worker of Jest is itself a process with a channel to the one that started it. The test must not use that channel.
const ofJest = { send: process.send?.bind(process), connected: process.connected };
afterEach(() => void Object.assign(process, ofJest));

test("a guard that gets SIGTERM as soon as it has said that it is ready ends in order, and is not killed", async () => {
  const listenersBefore = process.listenerCount("SIGTERM");
  const said: { message: unknown; addedListeners: number }[] = [];
  Object.assign(process, {
    connected: false,
    send(message: unknown) {
      said.push({ message, addedListeners: process.listenerCount("SIGTERM") - listenersBefore });
      process.emit("SIGTERM");
    },
  });

  const ended = serveUntilEnd();

  expect(said).toEqual([{ message: "ready", addedListeners: 1 }]);
  await expect(ended).resolves.toBeUndefined();
});
