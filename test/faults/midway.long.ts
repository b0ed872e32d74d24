import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../src/emulator";
import { check } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import { PreparedRemoval } from "./kills/cut-apply";
import { callsOf } from "./kills/cuts";
import { until } from "./kills/strike";
import { WAYS } from "./support/midway";

const SIZE = 140;
const STAYING = 20;

/** The calls of which each is needed: the last one of the null resource looks for drift when nobody is left to be deleted. */
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
    afterAll(() => {
      for (const removal of removals) removal.remove();
    });

    const calls = Array.from({ length: CALLS[resourceType] }, (_, index) => index + 1);
    test.each(WAYS.flatMap(([what, open, says]) => calls.map((call) => ({ what, open, says, call }))))(
      "$what at call $call is reported, and the next apply does the rest",
      async ({ open, says, call }) => {
        // The engines take turns.
        const removal = removals[call % removals.length];
        if (!removal) throw new Error("There is no engine.");
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
          await until(() => emulator.calls.length >= call, child);
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
      },
    );
  },
);
