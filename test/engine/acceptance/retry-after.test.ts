import { describe, expect, test } from "@jest/globals";
import { seedUsers, type Effect } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";

const pool = seedUsers(3);
const [ada = "", bob = "", eve = ""] = pool.map(({ email }) => email ?? "");
const RETRY_AFTER_SECONDS = 3;
const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };

const answers: [name: string, effect: Effect][] = [
  ["GenAuth", { kind: "answer", statusCode: 503, headers }],
  ["a gateway", { kind: "http", status: 503, headers, carriedOut: true }],
];

describe.each(engines().map((engine) => [engine.name, engine] as const))("on %s", (_name, engine) => {
  const open = useScenarios(engine);

  test.each(answers)(
    "a deletion that %s answers with 503 and Retry-After is followed by no call before its time",
    async (_who, then) => {
      const { emulator, workspace } = await open({ emulator: { users: pool } });
      workspace.write({ users: [ada, bob, eve], user_id_type: "email" });
      check(await workspace.apply(), { code: 0 });
      workspace.write({ users: [bob, eve], user_id_type: "email" });
      check(await workspace.plan("-out=tfplan"), { code: 2, says: ["1 user will be permanently deleted"] });
      emulator.faults.add({ on: "delete-users-batch", times: 1, then });

      check(await workspace.apply("tfplan"), { code: 0 });
      expect(emulator.pool.find(ada, "email")).toBeUndefined();
      expect(workspace.userSet()).toMatchObject({
        users: { [bob]: "", [eve]: "" },
        drift: { survivors: [] },
      });
      const struck = emulator.calls.findIndex(({ path }) => path.endsWith("/delete-users-batch"));
      const [refused, next] = emulator.calls.slice(struck);
      expect((next?.at ?? 0) - (refused?.at ?? Infinity)).toBeGreaterThanOrEqual(RETRY_AFTER_SECONDS * 1000);
    },
  );
});
