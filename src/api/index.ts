/** GenAuth's Management API: its calls, signed, paced and sent again where that is safe. */
export { createManagementClient } from "./client";
export type { ManagementClient } from "./client";
export type { Clock } from "./clock";
export { OptionError } from "./options";
export type { ManagementClientOptions } from "./options";
export type { Failure, Outcome } from "./outcome";
export type { User } from "./user";
export { SEARCH_OPERATORS, type SearchCondition, type SearchOperator, type UserSearch } from "./user-search";
