/**
 * The kinds of id by which GenAuth's `deleteUsersBatch` names a user.
 *
 * The values are the API's own (`options.userIdType`); see https://docs.genauth.ai, "Batch delete users".
 */
export enum UserIdType {
  /** GenAuth's own id: 24 hexadecimal digits. */
  USER_ID = "user_id",
  /** The phone number, with or without its country code. */
  PHONE = "phone",
  /** The e-mail address; upper and lower case are alike. */
  EMAIL = "email",
  /** The user name. */
  USERNAME = "username",
  /** The id that another system gave the user (`externalId`). */
  EXTERNAL_ID = "external_id",
  /** An identity at an identity provider: `<extIdpId>:<userIdInIdp>`. */
  IDENTITY = "identity",
  /** An identity made by directory synchronisation: `<provider>:<userIdInIdp>`, such as `lark:ou_8bae…`. */
  SYNC_RELATION = "sync_relation",
}

/** All id types, in the order of the API's documentation. */
export const USER_ID_TYPES: readonly UserIdType[] = Object.values(UserIdType);

/** Whether a text is an id type. */
export function isUserIdType(text: string): text is UserIdType {
  return (USER_ID_TYPES as readonly string[]).includes(text);
}
