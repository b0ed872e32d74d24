/** The jobs of a pipeline: synthesize, plan, have a person approve, apply exactly that, and write down who did. */
export { applyPlans } from "./apply";
export { commentReport } from "./comment";
export { checkStackDrift } from "./drift";
export { checkOwner } from "./github/owner";
export { concludeNight, refuseOlderNight } from "./github/night";
export { writeGitHubReceipt } from "./github/receipt";
export { checkGitHubRules, readApprovers } from "./github/rules";
export { compareWithLastNight, GitLabPipeline } from "./gitlab";
export { PLANNED_RUN_CHANGES, type PlannedRunChange } from "./hand-over";
export { initPipeline, PIPELINE_PLATFORMS, type PipelinePlatform } from "./init";
export { type Job, prepareJob, returnFolder } from "./job";
export { writeLockFiles } from "./lock";
export { notifyPeople, readReports } from "./notify";
export { planStacks } from "./plan";
export { findJobUsers, withoutFences } from "./programs";
export { showDifference } from "./repository";
export { PipelineSettingsSchema, SETTINGS_FILE } from "./settings";
export { synthesizeStacks } from "./synth";
