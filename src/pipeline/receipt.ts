import type { Job } from "./job";
import { notifyPeople } from "./notify";

/**
 * The job `receipt`: writes down who approved, what was applied, and how the jobs ended, and tells people.
 */
export async function writeReceipt(job: Job): Promise<void> {
  const receipt = await job.platform.writeReceipt(job);
  const { ending, ticket, reason } = receipt;
  process.stdout.write(`${JSON.stringify(receipt, null, 2)}\n${ending}\n`);
  const why = { ...(ticket && { ticket }), ...(reason && { reason }) };
  await notifyPeople(job, "apply_ended", ending, why, { receipt });
}
