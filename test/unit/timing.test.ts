import { expect, test } from "@jest/globals";
import { backoffMs, sleep } from "../../src/timing";
import { pauseBefore } from "../../src/users/pause";

test("waits double up to the longest, and a share reduces them", () => {
  const backoff = { firstMs: 500, longestMs: 10_000 };
  expect([1, 2, 3, 4, 5, 6, 7, 60].map((attempt) => backoffMs(attempt, backoff))).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000,
  ]);
  expect(backoffMs(3, backoff, 0.25)).toBe(500);
  expect(backoffMs(3, backoff, 0)).toBe(0);
});

test("pauses between look-ups double, up to four seconds", () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(pauseBefore)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
});

test("a sleep ends after its time", async () => {
  await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined();
});

test("a sleep of days ends when the signal fires, or if it has fired", async () => {
  const days = 2_000_000_000;
  const stop = new AbortController();
  const pending = sleep(days, stop.signal);
  stop.abort();
  await expect(pending).resolves.toBeUndefined();
  await expect(sleep(days, stop.signal)).resolves.toBeUndefined();
});
