import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startEmulator } from "../../src/emulator";
import { check } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import type { UserSetEngine } from "../support/scenario";
import { PreparedRemoval } from "./kills/cut-apply";
import { until } from "./kills/strike";
import { startTlsFront } from "./support/tls-front";

/** The second look-up, deletion and read-back of an apply of three each; the provider makes three calls before it. */
const CALLS: readonly (readonly [phase: string, call: number])[] = [
  ["look-up before", 2],
  ["delete", 5],
  ["read-back", 8],
];
const CALLS_OF_REFRESH: Readonly<Record<UserSetEngine, number>> = { provider: 3, null_resource: 0 };

describe.each(
  engines().flatMap((engine) =>
    (["provider", "null_resource"] as const).map((carrier) => ({ engine, carrier })),
  ),
)("a certificate that changes during an apply on $engine.name, with a $carrier", ({ engine, carrier }) => {
  let removal: PreparedRemoval;
  beforeAll(async () => {
    removal = await PreparedRemoval.make(engine, 130, 10, carrier);
  });
  afterAll(() => removal.remove());

  test.each(CALLS)("at a %s is reported, and the next apply does the rest", async (_phase, call) => {
    const emulator = await startEmulator({ users: removal.users, rateLimit: false, latencyMs: 50 });
    const front = await startTlsFront(emulator.url);
    const workspace = removal.begin(emulator, {
      GENAUTH_HOST: front.url,
      NODE_EXTRA_CA_CERTS: "trusted.pem",
      GENAUTH_PARALLELISM: "1",
    });
    try {
      workspace.writeFiles({ "trusted.pem": front.certificate });
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      await until(() => emulator.calls.length >= call + CALLS_OF_REFRESH[carrier], child);
      front.turn("foreign");
      check(await child.finished, { code: 1, says: ["is not trusted, DEPTH_ZERO_SELF_SIGNED_CERT"] });
      expect(removal.forgotten(workspace, emulator)).toEqual([]);

      front.turn("trusted");
      check(await workspace.apply(), { code: 0 });
      expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
    } finally {
      await workspace.close();
      await front.close();
      await emulator.close();
    }
  });
});
