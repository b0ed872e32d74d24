/**
 * A gate before an apply: it refuses a plan that holds more than user sets and what the pipeline's owner
 * allows.
 */
export { ALLOWED_KINDS, AllowList } from "./allow-list";
export { findPlanFault } from "./check-plan";
export { findFedSet } from "./fed-sets";
export type { PlanFault } from "./plan-fault";
