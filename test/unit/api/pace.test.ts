import { expect, test } from "@jest/globals";
import { Pace } from "../../../src/api/pace";
import { createManagementClient, createRelay, type Wait } from "../../../src/api";
import { RateLimiter } from "../../../src/emulator/admission";
import { fastClock, startTestServer } from "../../support/api/test-server";
import { closing } from "../../support/at-end";

test("requests start evenly spaced, so no second holds more than its share", async () => {
  const { clock } = fastClock();
  const pace = new Pace(20, clock);
  const starts: number[] = [];
  for (let request = 0; request < 60; request += 1) {
    await pace.turn();
    starts.push(clock.elapsed());
  }
  expect(starts.map(Math.round)).toEqual(Array.from({ length: 60 }, (_, request) => request * 52));
});

test.each([
  { rate: 2.5, apart: 420 },
  { rate: 0.5, apart: 2040 },
])(
  "at $rate requests a second, which is no whole number, one starts every $apart ms",
  async ({ rate, apart }) => {
    const { clock } = fastClock();
    const pace = new Pace(rate, clock);
    const starts: number[] = [];
    for (let request = 0; request < 4; request += 1) {
      await pace.turn();
      starts.push(clock.elapsed());
    }
    expect(starts.map(Math.round)).toEqual([0, apart, 2 * apart, 3 * apart]);
  },
);

test("after the process was suspended, waiting requests catch up, and no second holds more than its share", async () => {
  const { clock, suspend } = fastClock();
  const pace = new Pace(20, clock);
  const starts: number[] = [];
  const worker = async (): Promise<void> => {
    while (starts.length < 100) {
      await pace.turn();
      starts.push(clock.elapsed());
      if (starts.length === 30) suspend(300);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(starts.filter((start) => start === starts[30]).length).toBeGreaterThan(3);
  const busiest = starts.map((from) => starts.filter((at) => at >= from && at < from + 1040).length);
  expect(Math.max(...busiest)).toBe(20);
});

test("a request that goes along with another one at once is counted, so that later ones wait for it", async () => {
  const { clock } = fastClock();
  const pace = new Pace(20, clock);
  const starts: number[] = [];
  for (let pair = 0; pair < 3; pair += 1) {
    await pace.turn();
    starts.push(clock.elapsed());
    pace.countAlong();
  }
  expect(starts.map(Math.round)).toEqual([0, 104, 208]);
});

test("the first request of a turn is counted once, and each that follows in it once more", async () => {
  const { emulator } = await startTestServer();
  const { accessKeyId, accessKeySecret } = emulator;
  const { clock } = fastClock();
  const options = { host: emulator.url, accessKeyId, accessKeySecret, requestsPerSecond: 20 };
  const relay = closing(createRelay(options, clock));
  const starts: number[] = [];
  for (const lookUps of [1, 3, 1])
    await relay.inTurn(new AbortController().signal, async ({ finder }) => {
      starts.push(clock.elapsed());
      for (let number = 0; number < lookUps; number += 1) await finder.findUser("user001", "username");
    });
  expect(starts.map(Math.round)).toEqual([0, 52, 208]);
});

test("an idle client does not accumulate a burst", async () => {
  const { clock } = fastClock();
  const pace = new Pace(10, clock);
  await pace.turn();
  await clock.sleep(5000);
  const starts: number[] = [];
  for (let request = 0; request < 3; request += 1) {
    await pace.turn();
    starts.push(clock.elapsed());
  }
  expect(starts).toEqual([5000, 5104, 5208]);
});

test("a pause also delays requests that were already waiting for their turn", async () => {
  const { clock } = fastClock();
  const pace = new Pace(10, clock);
  await pace.turn();
  const waiting = pace.turn();
  pace.slowDown(2000);
  await waiting;
  expect(clock.elapsed()).toBe(2000);
});

test("after a 429, the rate is halved once for all calls in flight, and returns to the full one", async () => {
  const { clock } = fastClock();
  const pace = new Pace(10, clock);
  await pace.turn();
  pace.slowDown(3000);
  pace.slowDown(3000);
  const spacings: number[] = [];
  await pace.turn();
  expect(clock.elapsed()).toBe(3000);
  for (let request = 0; request < 200; request += 1) {
    const before = clock.elapsed();
    await pace.turn();
    spacings.push(Math.round(clock.elapsed() - before));
  }
  expect(spacings[0]).toBe(208);
  expect(spacings).toEqual(spacings.toSorted((a, b) => b - a));
  expect(spacings.at(-1)).toBe(104);
});

test("a pause for an outage delays all calls, and does not slow them down afterwards", async () => {
  const { clock } = fastClock();
  const pace = new Pace(10, clock);
  await pace.turn();
  pace.pause(2000);
  await pace.turn();
  expect(clock.elapsed()).toBe(2000);
  await pace.turn();
  expect(Math.round(clock.elapsed())).toBe(2104);
  // Half of the rate after a 429, recovered for a while: a pause keeps the recovered rate.
  pace.slowDown(3000);
  await clock.sleep(3000 + 20_000);
  await pace.turn();
  pace.pause(1000);
  await pace.turn();
  const before = clock.elapsed();
  await pace.turn();
  expect(Math.round(clock.elapsed() - before)).toBe(104);
});

test("a 429 during the pause for an outage slows down later requests", async () => {
  const { clock } = fastClock();
  const pace = new Pace(10, clock);
  await pace.turn();
  pace.pause(5000);
  pace.slowDown(3000);
  await pace.turn();
  expect(clock.elapsed()).toBe(5000);
  await pace.turn();
  expect(Math.round(clock.elapsed())).toBe(5208);
});

test("a 429 as soon as the pause of the last one is over halves the rate once more", async () => {
  const { clock } = fastClock();
  const pace = new Pace(10, clock);
  for (let throttle = 0; throttle < 2; throttle += 1) {
    await pace.turn();
    pace.slowDown(3000);
  }
  await pace.turn();
  const before = clock.elapsed();
  await pace.turn();
  expect(Math.round(clock.elapsed() - before)).toBe(416);
});

test("requests continue after any number of 429s", async () => {
  const { clock } = fastClock();
  const pace = new Pace(16, clock);
  for (let throttle = 0; throttle < 20; throttle += 1) {
    await pace.turn();
    pace.slowDown(1000);
  }
  await pace.turn();
  const before = clock.elapsed();
  await pace.turn();
  expect(clock.elapsed() - before).toBeLessThanOrEqual(1040);
});

test("in a pool with other clients, few requests are refused and most of the remaining limit is used", async () => {
  const { clock } = fastClock();
  const pace = new Pace(75, clock);
  const left = new RateLimiter({ perSecond: 40, pauseMs: 3000 }, () => clock.elapsed());
  let admitted = 0;
  let refused = 0;
  while (clock.elapsed() < 600_000) {
    await pace.turn();
    if (left.admits()) admitted += 1;
    else {
      refused += 1;
      pace.slowDown(3000);
    }
  }
  expect(refused / admitted).toBeLessThan(0.01);
  expect(admitted / 600).toBeGreaterThan(20);
});

test("a look-up waits with a backoff between attempts, and longer if the server asks for it", async () => {
  const server = await startTestServer({ maxAttempts: 4, requestsPerSecond: 10_000 });
  server.emulator.faults.add({
    nth: 3,
    then: { kind: "http", status: 503, headers: { "retry-after": "7" } },
  });
  server.emulator.faults.add({ nth: [1, 2], then: { kind: "answer", statusCode: 500 } });
  expect(await server.client.findUser("user001", "username")).toMatchObject({ ok: true });
  expect(server.waits).toEqual([500, 1000, 7000]);
});

test("after a 429, the next call also waits three seconds, or longer if the server asks for it", async () => {
  const server = await startTestServer({ maxAttempts: 1 });
  const { client, emulator } = server;
  emulator.faults.add({ nth: 1, then: { kind: "answer", statusCode: 429 } });
  emulator.faults.add({ nth: 2, then: { kind: "http", status: 429, headers: { "retry-after": "11" } } });
  const moments: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    await client.findUser("user001", "username");
    moments.push(server.elapsed());
  }
  expect(emulator.calls.map(({ statusCode }) => statusCode)).toEqual([429, 429, 200]);
  expect(moments).toEqual([0, 3000, 14_000]);
});

test.each([
  { status: 429, apart: 208, rate: "half of the rate" },
  { status: 503, apart: 104, rate: "the full rate" },
])("calls continue at $rate after the pause for a $status", async ({ status, apart }) => {
  const server = await startTestServer({ maxAttempts: 1, requestsPerSecond: 10 });
  const headers = { "retry-after": "5" };
  server.emulator.faults.add({ nth: 1, then: { kind: "answer", statusCode: status, headers } });
  const moments: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    await server.client.findUser("user001", "username");
    moments.push(Math.round(server.elapsed()));
  }
  expect(moments).toEqual([0, 5000, 5000 + apart]);
});

test("a person is told of each wait, with the attempt that follows and what the last one was answered", async () => {
  const told: Wait[] = [];
  const server = await startTestServer({ maxAttempts: 3, onWait: (wait) => told.push(wait) });
  server.emulator.faults.add({ nth: 1, then: { kind: "answer", statusCode: 500 } });
  server.emulator.faults.add({ nth: 2, then: { kind: "reset" } });
  expect(await server.client.findUser("user001", "username")).toMatchObject({ ok: true });
  expect(told).toEqual([
    { attempt: 2, maxAttempts: 3, milliseconds: 500, statusCode: 500 },
    { attempt: 3, maxAttempts: 3, milliseconds: 1000 },
  ]);
});

test("a whole run stays within the limit of the pool", async () => {
  const server = await startTestServer({}, { rateLimit: { perSecond: 75, pauseMs: 60_000 } });
  const { url: host, accessKeyId, accessKeySecret } = server.emulator;
  const client = createManagementClient({
    host,
    accessKeyId,
    accessKeySecret,
    requestsPerSecond: 70,
    maxAttempts: 1,
  });
  const outcomes = await Promise.all(
    Array.from({ length: 90 }, () => client.findUser("user001", "username")),
  );
  client.close();
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
});

test("no more calls are in flight than allowed", async () => {
  const server = await startTestServer({ parallelism: 2 });
  server.emulator.faults.add({ then: { kind: "slow", ms: 20 } });
  const { client, emulator } = server;
  let done = 0;
  let most = 0;
  const calls = [1, 2, 3, 4, 5, 6].map(async () => {
    await client.findUser("user001", "username");
    most = Math.max(most, emulator.calls.length - done);
    done += 1;
  });
  await Promise.all(calls);
  expect([done, most]).toEqual([6, 2]);
});

test("a signal fails calls that have not begun, and lets calls in flight finish", async () => {
  const server = await startTestServer({ parallelism: 1 });
  const { client, emulator } = server;
  emulator.faults.add({ then: { kind: "slow", ms: 100 } });
  const stop = new AbortController();
  const underWay = client.deleteUsers(["user001"], "username", stop.signal);
  const queued = Array.from({ length: 20 }, () => client.deleteUsers(["user002"], "username", stop.signal));
  while (emulator.calls.length === 0) await new Promise(setImmediate);
  stop.abort();
  const interrupted = {
    ok: false,
    failure: {
      message: "Could not delete a user: interrupted. Run again later; completed work is kept.",
      reach: "every_call",
      effect: "none",
      transient: true,
    },
  };
  expect(await Promise.all([underWay, ...queued])).toEqual([
    { ok: true, value: undefined },
    ...Array<unknown>(20).fill(interrupted),
  ]);
  expect(emulator.pool.size).toBe(2);
  expect(await client.findUser("user001", "username", stop.signal)).toMatchObject({ ok: false });
  expect(emulator.calls).toHaveLength(1);
});

test("a signal ends the wait between attempts", async () => {
  const server = await startTestServer();
  const { url: host, accessKeyId, accessKeySecret } = server.emulator;
  server.emulator.faults.add({ then: { kind: "answer", statusCode: 429 } });
  const stop = new AbortController();
  const client = createManagementClient({ host, accessKeyId, accessKeySecret, maxAttempts: 100 });
  const outcome = client.deleteUsers(["user001"], "username", stop.signal);
  while (server.emulator.calls.length === 0) await new Promise(setImmediate);
  stop.abort();
  expect(await outcome).toMatchObject({ ok: false, failure: { effect: "none", reach: "every_call" } });
  client.close();
  expect(server.emulator.calls).toHaveLength(1);
});
