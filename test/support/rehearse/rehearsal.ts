import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestUserCalls, type ManagementClientOptions } from "../../../src/api";
import { type Emulator, type EmulatorOptions, startEmulator } from "../emulator";
import { cleanUp, type CleanedUp, type CleanUpRequest } from "../../../src/rehearse/clean-up";
import { rehearse, type Rehearsal, type RehearsalRequest } from "../../../src/rehearse/rehearse";
import { surveyPool } from "../../../src/rehearse/survey";
import { type Clock, systemClock } from "../../../src/timing";

/** A folder for journals. */
export class JournalFolder {
  readonly path = mkdtempSync(join(tmpdir(), "genauth-rehearsal-"));
  #count = 0;

  next(): string {
    this.#count += 1;
    return join(this.path, `genauth-rehearsal-${this.#count}.jsonl`);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
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

type Given = Partial<Omit<RehearsalRequest, "file">> & { readonly client?: Partial<ManagementClientOptions> };

/** Rehearses against an emulator. */
export async function rehearseWith(
  service: RehearsedService,
  file: string,
  given: Given = {},
): Promise<Rehearsal> {
  const { probe, calls, close } = createTestUserCalls(optionsOf(service, given.client));
  try {
    const { clock } = service;
    const request = { probe, calls, clock, pool: poolOf(service), file, confirmSeconds: 15 };
    const survey = given.survey ?? (await surveyPool(probe));
    return await rehearse({ ...request, patienceMs: PATIENCE_MS, quietMs: 50, ...given, survey });
  } finally {
    close();
  }
}

/** Cleans up after a rehearsal that was killed. */
export async function cleanUpWith(
  service: Emulator & Partial<RehearsedService>,
  file: string,
  given: Pick<CleanUpRequest, "onStep"> = {},
): Promise<CleanedUp> {
  const { probe, calls, close } = createTestUserCalls(optionsOf(service));
  try {
    const pool = poolOf(service);
    return await cleanUp({
      probe,
      calls,
      clock: service.clock ?? systemClock,
      pool,
      file,
      patienceMs: 60,
      quietMs: 50,
      ...given,
    });
  } finally {
    close();
  }
}

export function optionsOf(
  { url, accessKeyId, accessKeySecret }: Emulator,
  client: Partial<ManagementClientOptions> = {},
): ManagementClientOptions {
  return { host: url, accessKeyId, accessKeySecret, requestsPerSecond: 10_000, maxAttempts: 1, ...client };
}

export function poolOf({ url, accessKeyId }: Emulator) {
  return { host: url, access_key_id: accessKeyId };
}
