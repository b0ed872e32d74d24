import { RealPool } from "../support/service/real-pool";
import { describeOnRealPool } from "../support/service/real-scenario";

describeOnRealPool(async () => {
  const pool = new RealPool(process.env);
  await pool.refuseUnlessEmpty();
  return pool;
});
