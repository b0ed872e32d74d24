import { type PoolIdType, seedUsers } from "./index";

/** The ids of the first user that `seedUsers` makes, one of each type. */
export const IDS_OF_USER_1: Readonly<Record<PoolIdType, string>> = {
  user_id: seedUsers(1)[0]?.userId ?? "",
  phone: "+8613800000001",
  email: "user001@example.com",
  username: "user001",
  external_id: "HR-user001",
  identity: "62f20932716fbcc10d966ee5:oidc_user001",
  sync_relation: "lark:ou_user001",
};
