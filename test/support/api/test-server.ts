import { createManagementClient } from "../../../src/api";
import type { ManagementClient, ManagementClientOptions } from "../../../src/api";
import { atEnd } from "../at-end";
import { seedUsers, startEmulator } from "../emulator";
import type { Emulator, EmulatorOptions } from "../emulator";
import type { Clock } from "../../../src/timing";

/** An emulator, a client for it, and the waits of the client. */
export interface TestServer {
  readonly emulator: Emulator;
  readonly client: ManagementClient;
  /** The waits of the client so far, in milliseconds, without those of zero. */
  readonly waits: readonly number[];
  /** The milliseconds that have passed on the client's clock. */
  elapsed(): number;
  close(): Promise<void>;
}

/** Starts an emulator with three users and a client whose waits take no time. They are closed once all tests of the file have ended. */
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
  const close = async () => {
    client.close();
    await emulator.close();
  };
  atEnd(close);
  return { emulator, client, waits, elapsed: () => clock.elapsed(), close };
}

/** A clock on which waiting takes no time, and random numbers are the largest. */
export function fastClock(): {
  readonly clock: Clock;
  readonly waits: readonly number[];
  /** Lets time pass as if the process were suspended. */
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
