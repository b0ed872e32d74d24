/** GenAuth's Management API: its calls, signed, paced and sent again where that is safe. */
export { createManagementClient } from "./client";
export type { ManagementClient } from "./client";
export type { Failure, CallOutcome } from "./failure";
export { OptionError } from "./options";
export type { ManagementClientOptions } from "./options";
export {
  type FullUser,
  SEARCH_OPERATORS,
  type SearchCondition,
  type SearchOperator,
  type User,
  type UserSearch,
} from "./users";
