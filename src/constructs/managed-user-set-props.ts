import type { TerraformMetaArguments } from "cdktf";
import type { UserIdType } from "../users";
import type { Engine } from "./engine";
import type { Users } from "./users";

/**
 * What a `ManagedUserSet` takes; `dependsOn`, `lifecycle`, `provider`, `forEach` and `count` as every CDKTF resource
 * does.
 */
export interface ManagedUserSetProps extends TerraformMetaArguments {
  /**
   * The users who may have an account. An id that leaves is permanently deleted from GenAuth at the next apply, after a
   * plan that names it; a user who was never in the set is never touched.
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
  /**
   * What carries the set in Terraform. `Engine.NULL_RESOURCE` is for teams that may install HashiCorp's own providers
   * only. It needs `npm install @cdktf/provider-null@11`, a `NullProvider` in the stack, Node.js on the PATH where
   * Terraform runs, and credentials in the environment. What it does not see, so that a reviewer must:
   *
   * - the plan shows who leaves, but looks nobody up: guards, protected users and renames are told at apply, before
   *   anybody is deleted;
   * - there is no refresh: drift is looked for at apply only, and when a set is made, nobody is looked up;
   * - nothing binds an id to the user whom it named first: an e-mail, phone or name that was handed on deletes
   * whoever has it;
   * - a set that is tainted loses the removals of the next apply, silently;
   * - a saved plan must lie where it was until its apply has ended, for the command asks Terraform what it does to the
   *   set.
   *
   * Tokens, `forEach`, `count`, `createBeforeDestroy`, more than 10,000 users and Windows are refused at synth.
   *
   * @default Engine.PROVIDER
   * @example Engine.NULL_RESOURCE
   */
  readonly engine?: Engine;
  /**
   * With `Engine.NULL_RESOURCE`: whether each apply writes its drift report as JSON, `genauth-drift.<path of the
   * set>.json`, beside the state file, or in the folder in which Terraform runs where the state lies elsewhere.
   *
   * @default false
   * @example true
   */
  readonly driftReport?: boolean;
}
