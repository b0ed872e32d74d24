import { afterAll, expect } from "@jest/globals";
import { type Emulator, startEmulator } from "../../support/emulator";
import { POOL_VARIABLE, RealPool } from "../../support/service/real-pool";
import { describeOnRealPool } from "../../support/service/real-scenario";

/** What `npm run test:real` does in a real pool, in the emulator's, and with the provider from its source. */
let emulator: Emulator | undefined;

describeOnRealPool(async () => {
  emulator = await startEmulator({ users: [] });
  const pool = new RealPool({ ...emulator.environment(), [POOL_VARIABLE]: emulator.accessKeyId });
  await pool.refuseUnlessEmpty();
  return pool;
}, "served");

afterAll(() => {
  // The file promises that nobody is left, whatever the test says.
  expect(emulator?.pool.list()).toEqual([]);
});
