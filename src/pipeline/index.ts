import type { StackDrift } from "./hand-over";
import type { Job } from "./job";
import type { PlannedRun, PlanOptions } from "./plan";

/** The jobs of a pipeline: synthesize, plan, have a person approve, apply exactly that, and write down who did. */
export { applyPlans } from "./apply";
export { commentReport } from "./comment";
export { checkOwner, readOwners } from "./github/owner";
export { concludeNight, refuseOlderNight } from "./github/night";
export { writeGitHubReceipt } from "./github/receipt";
export { GitHubApi } from "./github/api";
export { checkGitHubRules, readApprovers, readReviews, refuseKeyOutside } from "./github/rules";
export { compareWithLastNight, GitLabPipeline } from "./gitlab";
export type { PlannedRunChange } from "./hand-over";
export { readHistory } from "./history";
export { initPipeline, PIPELINE_PLATFORMS, type PipelinePlatform } from "./init";
export { type Job, prepareJob, returnFolder } from "./job";
export { writeLockFiles } from "./lock";
export { notifyPeople, readReports } from "./notify";
export { recordOutcome } from "./outcome";
export { defused, findJobUsers, withoutFences } from "./programs";
export { type CommitTrailers, showDifference } from "./repository";
export { PipelineSettingsSchema, SETTINGS_FILE } from "./settings";
export { synthesizeStacks } from "./synth";

// The jobs that make no report start without the code of reports.

/** As `planRun` of `plan.ts`. */
export async function planStacks(job: Job, options: PlanOptions): Promise<PlannedRun> {
  const plan = await import("./plan");
  return plan.planRun(job, options);
}

/** As `lookForDrift` of `drift.ts`. */
export async function checkStackDrift(
  job: Job,
  stacksSha256: string | undefined,
  isNightly: boolean,
): Promise<readonly StackDrift[]> {
  const drift = await import("./drift");
  return drift.lookForDrift(job, stacksSha256, isNightly);
}
