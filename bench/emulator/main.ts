import { seedUsers, startEmulator } from "../../test/support/emulator";
import type { CallsReceived, EmulatedPool, EmulatorReady } from "./messages";
import { mostInASecond } from "./most-in-a-second";

/** An emulator in its own process, so that its computations do not delay its clients. */
const {
  users,
  latencyMs = 0,
  limited = false,
  faults = [],
} = JSON.parse(process.argv[2] ?? "{}") as EmulatedPool;

async function main(): Promise<void> {
  const emulator = await startEmulator({
    users: seedUsers(users),
    latencyMs,
    ...(!limited && { rateLimit: false as const }),
  });
  const rules = faults.map((rule) => emulator.faults.add(rule));
  const { url, accessKeyId, accessKeySecret, pool } = emulator;
  let reported = 0;
  process.on("message", () => {
    const calls = emulator.calls.slice(reported);
    reported = emulator.calls.length;
    const byCall: Record<string, number> = {};
    for (const { path } of calls) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      byCall[name] = (byCall[name] ?? 0) + 1;
    }
    process.send?.({
      kind: "calls",
      byCall,
      throttled: calls.filter(({ statusCode }) => statusCode === 429).length,
      faulty: rules.reduce((sum, { applied }) => sum + applied, 0),
      mostInASecond: mostInASecond(calls.map(({ at }) => at)),
      users: pool.size,
    } satisfies CallsReceived);
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.({ kind: "ready", url, accessKeyId, accessKeySecret } satisfies EmulatorReady);
}

void main();
