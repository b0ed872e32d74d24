export { createManagementClient } from "./client";
export type { ManagementClient } from "./client";
export type { Clock } from "./clock";
export type { Logger } from "./logger";
export { OptionError } from "./options";
export type { ManagementClientOptions } from "./options";
export type { Failure, Outcome } from "./outcome";
export type { User, UserRecord } from "./user";
