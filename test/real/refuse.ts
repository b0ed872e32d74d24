import { RealService } from "../support/service/real-service";

/** Ends the run with a sentence before any test begins, unless the pool is one for these tests. */
export default async function refuse({ rootDir }: { readonly rootDir: string }): Promise<void> {
  let service: RealService | undefined;
  try {
    service = new RealService(process.env, rootDir);
    await service.refuseIfUsed();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`Nothing was changed, and no test ran. ${reason}\n`);
    process.exit(1);
  } finally {
    service?.close();
  }
}
