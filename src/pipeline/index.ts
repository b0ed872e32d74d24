import type { lookForDrift } from "./drift";
import type { planRun } from "./plan";

/** The jobs of a pipeline: synthesize, plan, have a person approve, apply exactly that, and write down who did. */
export { applyPlans } from "./apply";
export { commentReport } from "./comment";
export { checkOwner, readOwners } from "./github/owner";
export { concludeNight } from "./github/night";
export { writeGitHubReceipt } from "./github/receipt";
export { GitHubApi } from "./github/api";
export { checkGitHubRules, readApprovers, readReviews, refuseKeyOutside } from "./github/rules";
export { compareWithLastNight, GitLabPipeline } from "./gitlab";
export type { PlannedRunChange } from "./hand-over";
export { readHistory } from "./history";
export { initPipeline, PIPELINE_PLATFORMS, type PipelinePlatform } from "./init";
export { type Job, prepareJob, returnFolder } from "./job";
export { notifyPeople } from "./notify";
export { recordOutcome } from "./outcome";
export { defused, findJobUsers, withoutFences } from "./programs";
export { type CommitTrailers, showDifference } from "./repository";
export { PipelineSettingsSchema, SETTINGS_FILE } from "./settings";
export { refuseReachOfRequest, synthesizeStacks, writeLockFiles } from "./synth";
export { checkPaths } from "./workspace";

// The jobs that make no report start without the code of reports.

/** As `planRun` of `plan.ts`. */
export const planStacks: typeof planRun = async (...options) => (await import("./plan")).planRun(...options);

/** As `lookForDrift` of `drift.ts`. */
export const checkStackDrift: typeof lookForDrift = async (...options) =>
  (await import("./drift")).lookForDrift(...options);
