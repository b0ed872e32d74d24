/** GenAuth's Management API: its calls, signed, paced and sent again where that is safe. */
export { createManagementClient } from "./client";
export type { ManagementClient } from "./client";
export type { ApiRequest } from "./calls";
export { createRelay, type Relay, type Relayed, type RelayTurn } from "./relay";
export { codesText } from "./failure";
export { OptionError } from "./options";
export type { ManagementClientOptions, Wait } from "./options";
export { createPoolProbe, type PoolProbe, type Probed, unknownUserId } from "./probe";
export { MAX_IDS_LENGTH } from "./calls";
export { KEYS_IN_CONSOLE, PUBLIC_HOSTS } from "./limits";
export { type Cause, GUARD_REFUSED, GUARD_REFUSES_ALL } from "./retry-policy";
export { GUARD_VERSION, GuardHeader } from "./guard-connection";
export type { Reply } from "./transport";
export { createRestoreClient, type RestoreClient } from "./restore-client";
export { type FullUser, FullUserSchema, type User, UserSchema, USERS_PER_PAGE } from "./users";
