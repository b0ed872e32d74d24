import { RealPool } from "../support/service/real-pool";
import { describeThreeUsers } from "../support/service/real-scenario";

describeThreeUsers(async () => {
  const pool = new RealPool(process.env);
  await pool.refuseUnlessEmpty();
  return pool;
});
