/** GenAuth on loopback: a user pool in memory behind the same calls, as GenAuth documents them. */
export type { Answer, Parameters } from "./answer";
export { refusal, success } from "./answer";
export type { EndpointName } from "./endpoints";
export type { Emulator, EmulatorOptions } from "./emulator";
export { startEmulator } from "./emulator";
export type { Conditions, Fault, FaultRule, RuleHandle } from "./faults";
export { failBy, FAULT_KINDS, FaultRuleSchema, replyTo, Rules } from "./faults";
export type { EmulatedCall, Hook, ReceivedCall, EmulatedReply } from "./handle-request";
export { send } from "./handle-request";
export type { EmulatedUserPool } from "./pool";
export type { PassableIdType, PoolIdType, PoolUser } from "./pool-user";
export { PoolUserSchema } from "./pool-user";
export { seedUsers } from "./seed";
