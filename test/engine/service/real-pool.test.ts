import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { POOL_VARIABLE, RealPool } from "../../support/service/real-pool";
import { describeThreeUsers } from "../../support/service/real-scenario";

describe("npm run test:real, with the emulator in place of a real pool", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ users: [] });
  });

  describeThreeUsers(async () => {
    const consent = { [POOL_VARIABLE]: emulator.accessKeyId };
    const pool = new RealPool({ ...emulator.environment(), ...consent });
    await pool.refuseUnlessEmpty();
    return pool;
  }, "served");

  test("on each engine, deletes one user, suspends and reactivates another one, and leaves nobody at the end", () => {
    const changes = emulator.calls.filter(({ path }) => /\/(update|delete)-/.test(path));
    const changesOnOneEngine = [
      { path: "/api/v3/delete-users-batch", ids: [expect.any(String)] },
      // Suspended, and reactivated.
      { path: "/api/v3/update-user-batch", ids: [expect.any(String)] },
      { path: "/api/v3/update-user-batch", ids: [expect.any(String)] },
      // What the test itself does at its end.
      { path: "/api/v3/delete-users-batch", ids: [expect.any(String), expect.any(String)] },
    ];
    expect(changes).toMatchObject(engines().flatMap(() => changesOnOneEngine));
    expect(emulator.pool.list()).toEqual([]);
  });
});
