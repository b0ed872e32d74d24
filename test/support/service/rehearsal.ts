import { join } from "node:path";
import { newFolder } from "../at-end";
import { createTestUserCalls, type ManagementClientOptions } from "../../../src/api";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator";
import {
  type CleanedUp,
  cleanUp,
  Readings,
  type Rehearsal,
  rehearse,
  type RehearsalRequest,
  surveyPool,
} from "../../../src/service";
import { type Clock, systemClock } from "../../../src/timing";

/** A folder for journals. */
export class JournalFolder {
  readonly path = newFolder();
  #count = 0;

  next(): string {
    this.#count += 1;
    return join(this.path, `genauth-rehearsal-${this.#count}.jsonl`);
  }
}

/** An emulator, and the clock by which it and whoever rehearses with it wait. */
export interface RehearsedService extends Emulator {
  readonly clock: Clock;
}

/** Starts an emulator that limits no rate, and on whose clock waiting takes no time. */
export async function startService(options: EmulatorOptions = {}): Promise<RehearsedService> {
  const clock = skippingClock();
  const emulator = await startEmulator({ rateLimit: false, now: () => clock.now(), ...options });
  return Object.assign(emulator, { clock });
}

/**
 * A clock that waiting puts forward at once, and each reading by a millisecond, as if a call took some: no delay of the machine
 * counts as one of the service.
 */
function skippingClock(): Clock {
  const start = systemClock.now();
  let passedMs = 0;
  const elapsed = (): number => (passedMs += 1);
  return {
    now: () => start + elapsed(),
    elapsed,
    random: () => systemClock.random(),
    sleep: (milliseconds) => {
      passedMs += milliseconds;
      return Promise.resolve();
    },
  };
}

/** How long an emulator may take to show a change; its delays in tests are shorter. */
const PATIENCE_MS = 400;

/** Reads and changes a pool. The caller must close it. */
export function reach({
  url,
  accessKeyId,
  accessKeySecret,
  ...service
}: Emulator & Partial<RehearsedService>) {
  const options: ManagementClientOptions = {
    ...{ host: url, accessKeyId, accessKeySecret, requestsPerSecond: 10_000, maxAttempts: 1 },
  };
  const { probe, calls, close } = createTestUserCalls(options);
  const clock = service.clock ?? systemClock;
  const pool = { host: url, access_key_id: accessKeyId };
  return { readings: new Readings(probe, clock), calls, pool, close };
}

/** Where a process is killed: before its n-th call is sent, or after it was carried out and before its answer is read. */
export interface Kill {
  readonly call: number;
  readonly when: "before" | "after";
  /** Whether only changes are counted. */
  readonly among: "changes" | "all";
}

class Killed extends Error {}

/** Rehearses against an emulator. */
export async function rehearseWith(
  service: RehearsedService,
  file: string,
  given: Partial<RehearsalRequest> = {},
): Promise<Rehearsal> {
  const { close, ...reached } = reach(service);
  try {
    const survey = await surveyPool(reached.readings);
    const patienceMs = PATIENCE_MS;
    return await rehearse({ ...reached, survey, file, confirmSeconds: 15, patienceMs, ...given });
  } finally {
    close();
  }
}

/** Rehearses until the process is killed. @returns whether there were so many calls */
export async function rehearseUntil(service: RehearsedService, file: string, kill: Kill): Promise<boolean> {
  const { readings, calls, close } = reach(service);
  let count = 0;
  const cut = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, name) {
        const call = of[name as keyof T] as (...given: unknown[]) => Promise<unknown>;
        return async (...given: unknown[]) => {
          count += 1;
          if (count > kill.call || (count === kill.call && kill.when === "before")) throw new Killed();
          const answer = await call(...given);
          if (count === kill.call) throw new Killed();
          return answer;
        };
      },
    });
  const probe = kill.among === "all" ? cut(readings.probe) : readings.probe;
  try {
    await rehearseWith(service, file, { readings: new Readings(probe, service.clock), calls: cut(calls) });
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    close();
  }
}

/** Cleans up after a rehearsal that was killed. */
export async function cleanUpWith(
  service: Emulator & Partial<RehearsedService>,
  file: string,
): Promise<CleanedUp> {
  const { close, ...reached } = reach(service);
  try {
    return await cleanUp({ ...reached, file, patienceMs: 60, quietMs: 50 });
  } finally {
    close();
  }
}
