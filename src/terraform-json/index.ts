/** Checks and reads what `terraform show -json` prints of plans and states. */
export {
  type ConfiguredModule,
  configuredList,
  configuredModules,
  configuredProviders,
  configuredResources,
  type ConfiguredResourceJson,
  configuredTexts,
} from "./configuration";
export { hintForOutput } from "./engine-output";
export {
  NO_PLAN,
  parsePlan,
  parseState,
  type PlanJson,
  priorObjects,
  resourceAddress,
  type ResourceChangeJson,
  type StateResourceJson,
} from "./plan";
export { findSources, type ValueSources } from "./value-sources";
