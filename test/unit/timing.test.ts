import { expect, test } from "@jest/globals";
import { backoffMs, sleep } from "../../src/timing";

test("waits double up to the longest, and a share reduces them", () => {
  const backoff = { firstMs: 500, longestMs: 10_000 };
  expect([1, 2, 3, 4, 5, 6, 7, 60].map((attempt) => backoffMs(attempt, backoff))).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000,
  ]);
  expect(backoffMs(3, backoff, 0.25)).toBe(500);
  expect(backoffMs(3, backoff, 0)).toBe(0);
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
