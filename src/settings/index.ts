/** What the environment says about a run: how it reaches the user pool, and what the operator does not let it do. */
export { concealSecret, keepMemoryOutOfCoreDumps } from "./hold-secret";
export {
  checkAllowedHost,
  checkDeletionLimit,
  readOperatorFloor,
  type OperatorFloor,
} from "./operator-floor";
export type { SettingProblem } from "./problem";
export { DEFAULT_HOST, resolveSettings, type GivenSettings, type Settings } from "./settings";
