/** What a CDKTF stack imports. */
export {
  GenAuthProvider,
  type GenAuthProviderConfig,
  type ProviderExecutable,
} from "./constructs/genauth-provider";
export { DeletionLimits, type DeletionLimitsProps } from "./constructs/deletion-limits";
export {
  DataGenauthUsers,
  type DataGenauthUsersConfig,
  type DataGenauthUsersDetails,
  DataGenauthUsersDetailsMap,
  DataGenauthUsersDetailsOutputReference,
} from "./constructs/generated/data-genauth-users";
export {
  UserSet,
  type UserSetConfig,
  type UserSetDrift,
  UserSetDriftOutputReference,
  type UserSetReactivations,
  UserSetReactivationsMap,
  UserSetReactivationsOutputReference,
  type UserSetRebindings,
  UserSetRebindingsMap,
  UserSetRebindingsOutputReference,
} from "./constructs/generated/user-set";
export { ManagedUserSet, type ManagedUserSetProps } from "./constructs/managed-user-set";
export {
  NullResourceUserSet,
  type NullResourceUserSetProps,
} from "./constructs/null-resource/null-resource-user-set";
export type { IUserSet, UserSetProps } from "./constructs/user-set";
export { Users } from "./constructs/users";
export type { UserFileOptions } from "./user-files";
export { DeleteBy, UserIdType } from "./users";
