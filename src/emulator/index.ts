/** GenAuth on loopback: a user pool in memory behind the same calls, with faults on demand. */
export type { Effect } from "./effects";
export { startEmulator } from "./emulator";
export type { Emulator, EmulatorOptions } from "./emulator";
export type { ReceivedCall } from "./handle-request";
export type { EmulatedUserPool } from "./pool";
export type { PoolIdType, PassableIdType, PoolUser } from "./pool-user";
export type { FaultRule, PoolChange, RequestConditions, RuleHandle, StepRule } from "./rules";
export { FAULT_KINDS, FaultRuleSchema } from "./fault-schema";
export { optionsOf, type Profile, ProfileSchema, VariantsSchema } from "./profile";
export { seedUsers } from "./seed";
export type { Surroundings } from "./surroundings";
export type { Variants } from "./variants";
