export { createManagementClient } from "./client";
export type { ManagementClient } from "./client";
export type { Clock } from "./clock";
export type { Logger } from "./logger";
export { OptionError } from "./options";
export type { ManagementClientOptions } from "./options";
export type { Failure, Outcome } from "./outcome";
export type { User, UserRecord } from "./user";
export {
  SEARCH_OPERATORS,
  type SearchCondition,
  type SearchOperator,
  type UserPage,
  type UserSearch,
} from "./user-search";
