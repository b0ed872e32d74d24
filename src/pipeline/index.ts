/** The jobs of a pipeline: synthesize, plan, have a person approve, apply exactly that, and note who did. */
export { apply, type ApplyOptions } from "./apply";
export { checkSettings } from "./check-settings";
export { commentReport } from "./comment";
export { checkOwner } from "./github/owner";
export { initPipeline, PIPELINE_PLATFORMS, type PipelinePlatform } from "./init";
export { type Job, returnFolder } from "./job";
export { settleOutcome } from "./outcome";
export { prepareJob } from "./prepare";
export { defused, findJobUsers } from "./programs";
export { writeReceipt } from "./receipt";
export { PipelineSettingsSchema, SETTINGS_FILE } from "./settings";
export { showChanges, synth, type SynthOptions, writeLockFiles } from "./synth";

/** The jobs that make reports are loaded when they run: the others start without the code of reports. */
export const loadPlan = () => import("./plan");
export const loadDrift = () => import("./drift");
