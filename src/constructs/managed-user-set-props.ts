import type { TerraformMetaArguments } from "cdktf";
import type { UserIdType } from "../users";
import type { Users } from "./users";

/** What a `ManagedUserSet` takes; `dependsOn`, `lifecycle`, `provider`, `forEach` and `count` as every CDKTF resource does. */
export interface ManagedUserSetProps extends TerraformMetaArguments {
  /**
   * The users who may have an account. An id that leaves is permanently deleted from GenAuth at the next apply, after a plan
   * that names it; a user who was never in the set is never touched.
   *
   * @example Users.fromFile("staff.csv", { id: "email", label: "name" })
   */
  readonly users: Users;
  /**
   * What the ids are. Changing it makes a new set, and deletes nobody.
   *
   * @default UserIdType.USER_ID
   * @example UserIdType.EMAIL
   */
  readonly userIdType?: UserIdType;
  /**
   * The most users that one apply may delete; a plan that would delete more fails.
   *
   * @default 500; and not more than 80 % of a set of 20 or more, where `maxDeletionsPercent` is not given either
   * @example 100
   */
  readonly maxDeletions?: number;
  /**
   * The same as a share of the users held before, from 0 to 100.
   *
   * @default no limit by share, but see `maxDeletions`
   * @example 10
   */
  readonly maxDeletionsPercent?: number;
  /**
   * Ids that may leave `users` without being deleted: a move to another stack, a hand-over.
   *
   * @default none
   * @example ["alice@corp.example"]
   */
  readonly retainedUserIds?: string[];
  /**
   * Accepts a plan in which the users are not known yet although the set holds some. Nobody can review who leaves then.
   *
   * @default false
   * @example true
   */
  readonly allowUnknownUsers?: boolean;
}
