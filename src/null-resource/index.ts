/**
 * What apply runs for a set that is a `null_resource`: it reads the payload, and deletes who has left the
 * set. Others read declarations and saved plans as it does.
 */
export { applyRemoval, type Run } from "./apply-removal";
export { type EngineProcess, readEngineProcess } from "./engine-task";
export { showSavedPlan } from "./saved-plan";
export { parseDeclaration, type Payload, readPayload } from "./read-payload";
