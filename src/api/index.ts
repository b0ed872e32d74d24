/** GenAuth's Management API: its calls, signed, paced and sent again where that is safe. */
export { createManagementClient } from "./client";
export type { ManagementClient } from "./client";
export type { Failure, CallOutcome } from "./failure";
export { OptionError } from "./options";
export type { ManagementClientOptions } from "./options";
export { createPoolProbe, type PoolProbe, type Probed, type ProbedUser } from "./probe";
export { MAX_IDS_LENGTH } from "./calls";
export type { Cause } from "./retry-policy";
export {
  type ArchivedUser,
  type FullUser,
  SEARCH_OPERATORS,
  type SearchCondition,
  type SearchOperator,
  type User,
  type UserSearch,
  USERS_PER_PAGE,
} from "./users";
