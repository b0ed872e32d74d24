import { createManagementClient } from "../../src/api";
import type { ManagementClient, ManagementClientOptions } from "../../src/api";
import { seedUsers, startEmulator } from "../../src/emulator";
import type { Emulator, EmulatorOptions } from "../../src/emulator";
import type { Clock } from "../../src/timing";

/** An emulator, a client that talks to it, and what the client waited for. */
export interface TestServer {
  readonly emulator: Emulator;
  readonly client: ManagementClient;
  /** The waits that the client asked for so far, in milliseconds, without those of zero. */
  readonly waits: readonly number[];
  /** Milliseconds that passed on the client's clock. */
  elapsed(): number;
  close(): Promise<void>;
}

/** Starts an emulator with three users and a client whose waits take no time. */
export async function startTestServer(
  options: Partial<ManagementClientOptions> = {},
  emulatorOptions: EmulatorOptions = {},
): Promise<TestServer> {
  const emulator = await startEmulator({ users: seedUsers(3), ...emulatorOptions });
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  const { clock, waits } = fastClock();
  const client = createManagementClient(
    { host, accessKeyId, accessKeySecret, maxAttempts: 3, ...options },
    clock,
  );
  return {
    emulator,
    client,
    waits,
    elapsed: () => clock.elapsed(),
    async close() {
      client.close();
      await emulator.close();
    },
  };
}

/** A clock on which waiting takes no time, and chance always gives the most. */
export function fastClock(): {
  readonly clock: Clock;
  readonly waits: readonly number[];
  /** Lets time pass without anybody acting in it. */
  readonly suspend: (ms: number) => void;
} {
  const waits: number[] = [];
  let elapsed = 0;
  const clock: Clock = {
    now: Date.now,
    elapsed: () => elapsed,
    random: () => 1,
    sleep(ms) {
      if (ms > 0) waits.push(ms);
      elapsed += ms;
      return Promise.resolve();
    },
  };
  return { clock, waits, suspend: (ms) => void (elapsed += ms) };
}
