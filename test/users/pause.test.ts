import { expect, test } from "@jest/globals";
import { pause, pauseBefore } from "../../src/users/pause";

test("pauses double, up to four seconds", () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(pauseBefore)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
});

test("a pause ends with its time", async () => {
  await expect(pause(1, new AbortController().signal)).resolves.toBeUndefined();
});

test("a pause of days ends when the signal fires, or has fired", async () => {
  const days = 2_000_000_000;
  const stop = new AbortController();
  const pending = pause(days, stop.signal);
  stop.abort();
  await expect(pending).resolves.toBeUndefined();
  await expect(pause(days, stop.signal)).resolves.toBeUndefined();
});
