import { type ITerraformDependable, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { caller } from "../caller";
import { type DeleteBy, USER_ID_TYPES, type UserIdType } from "../users";
import {
  refuseMissingType,
  refuseNull,
  refuseOtherThanIds,
  refuseOtherCdk,
  refuseUnknownProperties,
  refuseUnknownValue,
} from "./check-declaration";
import { SharedNote } from "./identity";
import { refuseOtherThanUsers, type Users } from "./users";

/**
 * A declared set of users, whichever Terraform resource holds it: a `ManagedUserSet` or a
 * `NullResourceUserSet`.
 */
export interface IUserSet extends IConstruct, ITerraformDependable {
  /** The resource's `id` attribute: random, and new if the set is replaced. */
  readonly id: string;
  /** The ids in the set: declared ids, and survivors of a removal until they are deleted. */
  readonly ids: string[];
}

/** The properties of every set of users. */
export interface UserSetProps {
  /**
   * The users who may have an account. A user removed from the set is permanently deleted from GenAuth at the
   * next apply, after a plan that names the user. A user who was never in the set is never deleted.
   *
   * @example Users.fromFile("staff.csv", { id: "email", label: "name" })
   */
  readonly users: Users;
  /**
   * The type of the ids. Changing it creates a new set and deletes nobody.
   *
   * @example UserIdType.EMAIL
   */
  readonly userIdType: UserIdType;
  /**
   * The most users that one apply may delete. A plan that would delete more fails.
   *
   * @default 500
   * @example 100
   */
  readonly maxDeletions?: number;
  /**
   * The same limit in percent of the users in the set before, from 0 to 100. It counts if more than five
   * people leave.
   *
   * @default 20
   * @example 10
   */
  readonly maxDeletionsPercent?: number;
  /**
   * Ids that may be removed from `users` without being deleted, for example to move them to another stack.
   *
   * @default none
   * @example ["alice@corp.example"]
   */
  readonly retainedIds?: string[];
  /**
   * The ids that a deletion sends to GenAuth. An e-mail address, phone number or name can be reassigned
   * between the look-up and the deletion. With `DeleteBy.USER_ID`, the calls contain the system user ids from
   * the look-up, so that nobody else is deleted.
   *
   * @default DeleteBy.DECLARED_ID
   * @example DeleteBy.USER_ID
   */
  readonly deleteBy?: DeleteBy;
}

const PROPERTIES: Readonly<Record<keyof UserSetProps, true>> = {
  users: true,
  userIdType: true,
  maxDeletions: true,
  maxDeletionsPercent: true,
  retainedIds: true,
  deleteBy: true,
};

/**
 * Refuses at once what a set cannot be made of. The rest is checked at synth, after aspects and overrides.
 *
 * @param more the names of the properties that only this construct has
 * @throws Error that says what to write instead
 */
export function checkProps(set: Construct, props: UserSetProps, more: Readonly<Record<string, true>>): void {
  const { path } = set.node;
  refuseOtherCdk(path, TerraformStack.of(set));
  const { users, retainedIds, userIdType } = props;
  refuseUnknownProperties(path, props, { ...PROPERTIES, ...more });
  refuseUnknownValue(path, "userIdType", userIdType, USER_ID_TYPES);
  refuseNull(
    `${path}: users is`,
    users,
    ` If nobody may have an account, set ${caller.call("Users.fromIds", caller.list())}.`,
  );
  refuseOtherThanUsers(path, users);
  refuseMissingType(path, userIdType);
  if (retainedIds !== undefined) refuseOtherThanIds(path, caller.property("retainedIds"), retainedIds);
}

/**
 * The properties of a set that is a `null_resource`, and its limits, which an aspect may change until synth.
 */
type NullUserSet = Omit<UserSetProps, "maxDeletions" | "maxDeletionsPercent"> & {
  maxDeletions?: number;
  maxDeletionsPercent?: number;
};

/** On the resource, so that a `null_resource` with another purpose is never mistaken for a set. */
const nullUserSet = new SharedNote<NullUserSet>("nullUserSet");

/** Notes the properties of a set on its `null_resource`. */
export function noteNullUserSet(resource: IConstruct, props: NullUserSet): void {
  nullUserSet.set(resource, props);
}

/** The properties of a node that is the `null_resource` of a user set. */
export function nullUserSetOf(node: IConstruct): NullUserSet | undefined {
  return nullUserSet.of(node);
}
