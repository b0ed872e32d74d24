/** GenAuth on loopback: a user pool in memory behind the same calls, with faults on demand. */
export { startEmulator } from "./emulator";
export type { Emulator } from "./emulator";
export type { EmulatorOptions } from "./options";
export type { Effect, FaultRule, RequestConditions, RuleHandle } from "./faults";
export type { ReceivedCall } from "./journal";
export type { PassableIdType, UserPool } from "./pool";
export type { IdType, PoolUser } from "./pool-user";
export { seedUsers } from "./seed";
export type { PoolChange, StepRule } from "./steps";
