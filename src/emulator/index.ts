/** GenAuth on loopback: a user pool in memory behind the same calls, with faults on demand. */
export type { Effect } from "./effects";
export { startEmulator } from "./emulator";
export type { Emulator, EmulatorOptions } from "./emulator";
export type { ReceivedCall } from "./handle-request";
export type { UserPool } from "./pool";
export type { IdType, PassableIdType, PoolUser } from "./pool-user";
export type { FaultRule, PoolChange, RequestConditions, RuleHandle, StepRule } from "./rules";
export { seedUsers } from "./seed";
