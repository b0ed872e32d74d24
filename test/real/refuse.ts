import { RealPool } from "../support/service/real-pool";

/** Ends the run with a sentence before any test begins, unless the pool is an empty one for these tests. */
export default async function refuse(): Promise<void> {
  try {
    await new RealPool(process.env).refuseUnlessEmpty();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`Nothing was changed, and no test ran. ${reason}\n`);
    process.exit(1);
  }
}
