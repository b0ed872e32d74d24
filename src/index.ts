/** What a CDKTF stack imports. */
export { Engine } from "./constructs/engine";
export { GenAuthProvider } from "./constructs/genauth-provider";
export type { GenAuthProviderConfig } from "./constructs/genauth-provider-config";
export {
  UserSet,
  type UserSetConfig,
  type UserSetDrift,
  UserSetDriftOutputReference,
} from "./constructs/generated/user-set";
export { ManagedUserSet } from "./constructs/managed-user-set";
export type { ManagedUserSetProps } from "./constructs/managed-user-set-props";
export { Users } from "./constructs/users";
export type { UserFileOptions } from "./user-files";
export { Refresh, UserIdType } from "./users";
