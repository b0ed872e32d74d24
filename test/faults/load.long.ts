import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../src/emulator";
import { UserIdType } from "../../src/users";
import { ProviderSet } from "./support/provider-set";

/** How many users are removed; ten more stay. */
const REMOVALS = Number(process.env.FAULT_LOAD ?? 100_000);
const MIB = 1024 * 1024;

test(`${REMOVALS} removals at the default pace, with 1 % faults, end right and stay below the limit`, async () => {
  const users = seedUsers(REMOVALS + 10);
  const ids = users.map(({ userId }) => userId);
  // 150 requests a second, as the public cloud publishes it.
  const emulator = await startEmulator({ users });
  try {
    const set = new ProviderSet(emulator.environment());
    const common = { user_id_type: UserIdType.USER_ID, max_deletions: REMOVALS };
    expect(await set.run({ ...common, users: ids })).toMatchObject({ stage: "apply", errors: [] });

    // Every hundredth call fails, in one of three ways.
    const hundredth = (first: number) => Array.from({ length: 200 }, (_, index) => first + index * 300);
    emulator.faults.add({ nth: hundredth(100), then: { kind: "http", status: 502 } });
    emulator.faults.add({ nth: hundredth(200), then: { kind: "reset", after: true } });
    emulator.faults.add({ nth: hundredth(300), then: { kind: "answer", statusCode: 503 } });
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100);
    const begun = performance.now();
    const end = await set.run({ ...common, users: ids.slice(REMOVALS) });
    const seconds = (performance.now() - begun) / 1000;
    clearInterval(watch);

    expect(end).toMatchObject({ stage: "apply", errors: [] });
    expect(emulator.pool.size).toBe(10);
    expect(set.users.size).toBe(10);
    expect(emulator.calls.filter(({ statusCode }) => statusCode === 429)).toEqual([]);
    const failed = emulator.calls.filter(({ fault }) => fault !== undefined).length;
    const grown = Math.round((peak - before) / MIB);
    process.stdout.write(
      `${REMOVALS} removals: ${Math.round(seconds)} s, ${emulator.calls.length} calls, ${failed} of them failed, ` +
        `memory grew by ${grown} MiB at most (client and server in one process)\n`,
    );
    // Client, server and journal in one process: some kilobytes a user, and nothing that grows with time.
    expect(grown).toBeLessThan(600);
  } finally {
    await emulator.close();
  }
});
