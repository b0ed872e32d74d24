import { beforeAll, describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../../support/emulator";
import { check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { PreparedRemoval } from "../../faults/kills/cut-apply";
import { callsOf } from "../../faults/kills/cuts";
import { until } from "../../faults/kills/send-signals";
import { CONNECTION_FAULTS } from "../../faults/support/connection-faults";

const SIZE = 140;
const STAYING = 20;

/** The calls that must succeed. The last call of the null resource only looks for drift, after all deletions. */
const CALLS = {
  genauth_user_set: callsOf("genauth_user_set", SIZE, STAYING),
  null_resource: callsOf("null_resource", SIZE, STAYING) - 1,
} as const;

describe.each(["genauth_user_set", "null_resource"] as const)(
  "during an apply with a %s,",
  (resourceType) => {
    const removals: PreparedRemoval[] = [];
    beforeAll(async () => {
      for (const engine of engines())
        removals.push(await PreparedRemoval.make(engine, SIZE, STAYING, resourceType));
    });

    const calls = Array.from({ length: CALLS[resourceType] }, (_, index) => index + 1);
    test.each(
      CONNECTION_FAULTS.flatMap(([what, open, says]) => calls.map((call) => ({ what, open, says, call }))),
    )(
      "$what at call $call is reported, and the next apply deletes the rest",
      async ({ open, says, call }) => {
        // The engines take turns.
        const removal = removals[call % removals.length];
        if (!removal) throw new Error("There is no engine.");
        const emulator = await startEmulator({ users: removal.users, rateLimit: false, latencyMs: 50 });
        const connection = await open(emulator);
        const workspace = removal.begin(emulator, {
          ...connection.environment,
          GENAUTH_PARALLELISM: "1",
          GENAUTH_MAX_ATTEMPTS: "3",
        });
        try {
          connection.prepare?.(workspace);
          const child = workspace.start("apply", "-auto-approve", "-input=false");
          await until(() => emulator.calls.length >= call, child);
          connection.interrupt(workspace);
          check(await child.finished, { code: 1, says: [says] });
          expect(removal.forgotten(workspace, emulator)).toEqual([]);

          connection.restore(workspace);
          check(await workspace.apply(), { code: 0 });
          expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
        } finally {
          await workspace.close();
          await connection.close?.();
          await emulator.close();
        }
      },
    );
  },
);
