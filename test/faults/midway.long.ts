import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../src/emulator";
import { check } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import type { UserSetEngine } from "../support/scenario";
import { PreparedRemoval } from "./kills/cut-apply";
import { until } from "./kills/strike";
import { WAYS } from "./support/midway";

/** The second look-up, deletion and read-back of an apply of three each; the provider makes three calls before it. */
const PHASES: readonly (readonly [phase: string, call: number])[] = [
  ["look-up before", 2],
  ["delete", 5],
  ["read-back", 8],
];
const CALLS_OF_REFRESH: Readonly<Record<UserSetEngine, number>> = { provider: 3, null_resource: 0 };

describe.each(
  engines().flatMap((engine) =>
    (["provider", "null_resource"] as const).map((carrier) => ({ engine, carrier })),
  ),
)("during an apply on $engine.name, with a $carrier,", ({ engine, carrier }) => {
  let removal: PreparedRemoval;
  beforeAll(async () => {
    removal = await PreparedRemoval.make(engine, 130, 10, carrier);
  });
  afterAll(() => removal.remove());

  test.each(
    WAYS.flatMap(([what, open, says]) => PHASES.map(([phase, call]) => ({ what, open, says, phase, call }))),
  )("$what at a $phase is reported, and the next apply does the rest", async ({ open, says, call }) => {
    const emulator = await startEmulator({ users: removal.users, rateLimit: false, latencyMs: 50 });
    const way = await open(emulator);
    const workspace = removal.begin(emulator, {
      ...way.environment,
      GENAUTH_PARALLELISM: "1",
      GENAUTH_MAX_ATTEMPTS: "3",
    });
    try {
      way.prepare?.(workspace);
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      await until(() => emulator.calls.length >= call + CALLS_OF_REFRESH[carrier], child);
      way.break(workspace);
      check(await child.finished, { code: 1, says: [says] });
      expect(removal.forgotten(workspace, emulator)).toEqual([]);

      way.mend(workspace);
      check(await workspace.apply(), { code: 0 });
      expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
    } finally {
      await workspace.close();
      await way.close?.();
      await emulator.close();
    }
  });
});
