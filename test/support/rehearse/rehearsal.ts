import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestUserCalls, type ManagementClientOptions } from "../../../src/api";
import type { Emulator } from "../../../src/emulator";
import { cleanUp, type CleanedUp } from "../../../src/rehearse/clean-up";
import { rehearse, type Rehearsal, type RehearsalRequest } from "../../../src/rehearse/rehearse";
import { surveyPool } from "../../../src/rehearse/survey";
import { systemClock } from "../../../src/timing";

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

/** How long an emulator may take to show a change; its delays in tests are shorter. */
const PATIENCE_MS = 400;

type Given = Partial<Omit<RehearsalRequest, "file">> & { readonly client?: Partial<ManagementClientOptions> };

/** Rehearses against an emulator. */
export async function rehearseWith(emulator: Emulator, file: string, given: Given = {}): Promise<Rehearsal> {
  const { probe, calls, close } = createTestUserCalls(optionsOf(emulator, given.client));
  try {
    const request = { probe, calls, clock: systemClock, pool: poolOf(emulator), file, confirmSeconds: 15 };
    const survey = given.survey ?? (await surveyPool(probe));
    return await rehearse({ ...request, patienceMs: PATIENCE_MS, quietMs: 50, ...given, survey });
  } finally {
    close();
  }
}

/** Cleans up after a rehearsal that was killed. */
export async function cleanUpWith(emulator: Emulator, file: string): Promise<CleanedUp> {
  const { probe, calls, close } = createTestUserCalls(optionsOf(emulator));
  try {
    const pool = poolOf(emulator);
    return await cleanUp({ probe, calls, clock: systemClock, pool, file, patienceMs: 60, quietMs: 50 });
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
