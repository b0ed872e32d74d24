import {
  Fn,
  FOR_EXPRESSION_KEY,
  FOR_EXPRESSION_VALUE,
  forExpression,
  type IResolvable,
  type ITerraformDependable,
  propertyAccess,
  ref,
  type TerraformMetaArguments,
  type TerraformResource,
  TerraformStack,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { caller } from "../caller";
import type { NullUserSetProps } from "./null-resource/check-set";
import { declareNullUserSet, heldUserIds } from "./null-resource/declare-set";
import { type DeleteBy, USER_ID_TYPES, type UserIdType } from "../users";
import {
  findDeclarationProblems,
  refuseNull,
  refuseNullIds,
  refuseOtherCdk,
  refuseUnknownProperties,
  refuseUnknownValue,
} from "./check-declaration";
import { UserSet } from "./generated/user-set";
import { collectUsersOfOthers } from "./protected-users";
import { References, resolve } from "./references";
import { StackFiles } from "./stack-files";
import { escapeAroundTokens } from "./template-text";
import { refuseOtherThanUsers, type Users } from "./users";

/** The Terraform resource that holds a user set. Both follow the same rules about who is deleted. */
export enum UserSetResourceType {
  /**
   * A `genauth_user_set` of the `genauth` provider, which synth installs in the stack's folder. The plan names the users to be
   * deleted, and refresh detects drift.
   */
  GENAUTH_USER_SET = "genauth_user_set",
  /**
   * A `null_resource` of HashiCorp's null provider, for teams that may not install another one. For its limits, see
   * `resourceType`.
   */
  NULL_RESOURCE = "null_resource",
}

/**
 * The properties of a `ManagedUserSet`, in addition to `dependsOn`, `lifecycle`, `provider`, `forEach` and `count` of every
 * CDKTF resource.
 */
export interface ManagedUserSetProps extends TerraformMetaArguments {
  /**
   * The users who may have an account. A user removed from the set is permanently deleted from GenAuth at the next apply, after
   * a plan that names the user. A user who was never in the set is never deleted.
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
   * @default 500; in addition, not more than 80 % of a set of 20 or more, unless `maxDeletionsPercent` is given
   * @example 100
   */
  readonly maxDeletions?: number;
  /**
   * The same limit in percent of the users in the set before, from 0 to 100.
   *
   * @default 80 for a set of 20 or more users, otherwise no limit in percent
   * @example 10
   */
  readonly maxDeletionsPercent?: number;
  /**
   * For how many days users who leave the set are suspended before they are deleted, from 0 to 90. Declared again before that,
   * they are reactivated.
   *
   * @default 0; users are deleted at once
   * @example 14
   */
  readonly suspendDays?: number;
  /**
   * Ids that may be removed from `users` without being deleted, for example to move them to another stack.
   *
   * @default none
   * @example ["alice@corp.example"]
   */
  readonly retainedUserIds?: string[];
  /**
   * Accepts a plan in which the users of an existing set are not known yet. Nobody can review such a removal. Also lets other
   * sets delete users while the users of this set are not known.
   *
   * @default false
   * @example true
   */
  readonly allowUnknownUsers?: boolean;
  /**
   * Accepts a new set without any user in the pool, such as a team that is not provisioned yet. Otherwise its plan fails,
   * because the wrong id type or the wrong pool looks the same.
   *
   * @default false
   * @example true
   */
  readonly allowMissingUsers?: boolean;
  /**
   * The ids that a deletion sends to GenAuth. An e-mail address, phone number or name can be reassigned between the look-up and
   * the deletion. With `DeleteBy.USER_ID`, the calls contain the system user ids from the look-up, so that nobody else is
   * deleted.
   *
   * @default DeleteBy.DECLARED_ID
   * @example DeleteBy.USER_ID
   */
  readonly deleteBy?: DeleteBy;
  /**
   * The Terraform resource type of the set. `UserSetResourceType.NULL_RESOURCE` is for teams that may install only
   * HashiCorp's providers. It needs `npm install @cdktf/provider-null@11`, a `NullProvider` in the stack, Node.js on the PATH
   * where Terraform runs, and credentials in the environment. It has limits that a reviewer must know:
   *
   * - The plan shows who leaves, but looks nobody up. Guards, protected users and renames are reported at apply, before
   *   anybody is deleted.
   * - There is no refresh. Drift is checked at apply only, and nobody is looked up when a set is created.
   * - An id is not bound to the user it first named. If an e-mail address, phone number or name was reassigned, its current
   *   user is deleted.
   * - A tainted set loses the removals of the next apply, silently.
   * - A saved plan must stay in place until its apply has ended, because the command asks Terraform what the plan does to the
   *   set.
   *
   * Tokens, `forEach`, `count`, `createBeforeDestroy`, more than 10,000 users and Windows are refused at synth.
   *
   * @default UserSetResourceType.GENAUTH_USER_SET
   * @example UserSetResourceType.NULL_RESOURCE
   */
  readonly resourceType?: UserSetResourceType;
  /**
   * With `UserSetResourceType.NULL_RESOURCE`: whether each apply writes its drift report as JSON, to
   * `genauth-drift.<path of the set>.json` beside the state file or, if the state is not in a local file, in the folder where
   * Terraform runs.
   *
   * @default false
   * @example true
   */
  readonly driftReport?: boolean;
}

/** An attribute that only a `genauth_user_set` has. */
type ReadAttribute = "drift" | "removals" | "suspensions" | "suspended" | "reactivations" | "leaver_user_ids";

const PROPERTIES: Readonly<Record<keyof ManagedUserSetProps, true>> = {
  users: true,
  userIdType: true,
  maxDeletions: true,
  maxDeletionsPercent: true,
  suspendDays: true,
  retainedUserIds: true,
  allowUnknownUsers: true,
  allowMissingUsers: true,
  deleteBy: true,
  resourceType: true,
  driftReport: true,
  dependsOn: true,
  count: true,
  provider: true,
  lifecycle: true,
  forEach: true,
  provisioners: true,
  connection: true,
};

/**
 * A set of users who may have an account in a GenAuth user pool. A user removed from the set appears in the plan and is deleted
 * from GenAuth at apply, 50 users per call. Remaining differences are reported as drift. Needs a `GenAuthProvider` in the stack
 * or, with `UserSetResourceType.NULL_RESOURCE`, a `NullProvider`.
 *
 * @example
 * new ManagedUserSet(this, "staff", {
 *   users: Users.fromFile("staff.csv", { id: "email", label: "name" }),
 *   userIdType: UserIdType.EMAIL,
 *   maxDeletions: 100,
 * });
 */
export class ManagedUserSet extends Construct implements ITerraformDependable {
  /**
   * The Terraform resource, `genauth_user_set` or `null_resource`, for features that this class does not have, such as
   * `importFrom` or `moveTo`.
   */
  public readonly resource: TerraformResource;
  private readonly resourceType: UserSetResourceType;

  public constructor(scope: Construct, id: string, props: ManagedUserSetProps) {
    super(scope, id);
    const { path } = this.node;
    refuseOtherCdk(path, TerraformStack.of(this));
    const { users, retainedUserIds, userIdType, resourceType } = props;
    refuseUnknownProperties(path, props, PROPERTIES);
    refuseUnknownValue(path, "userIdType", userIdType, USER_ID_TYPES);
    refuseUnknownValue(path, "resourceType", resourceType, Object.values(UserSetResourceType));
    refuseNull(
      `${path}: users is`,
      users,
      ` If nobody may have an account, set ${caller.call("Users.fromIds", caller.list())}.`,
    );
    refuseOtherThanUsers(path, users);
    refuseNull(
      `${path}: ${caller.property("userIdType")} is`,
      userIdType,
      ` Set the type of the ids: ${USER_ID_TYPES.map((type) => caller.member(`UserIdType.${type.toUpperCase()}`)).join(", ")}.`,
    );
    if (retainedUserIds !== undefined)
      refuseNullIds(path, caller.property("retainedUserIds"), retainedUserIds);
    this.resourceType = resourceType ?? UserSetResourceType.GENAUTH_USER_SET;
    // "Default" is left out of the resource's address: genauth_user_set.staff, without a hash.
    this.resource =
      this.resourceType === UserSetResourceType.NULL_RESOURCE
        ? declareNullResource(this, "Default", props)
        : declareGenAuthUserSet(this, "Default", props);
    this.node.addValidation({ validate: () => findDeclarationProblems(props) });
  }

  /** The resource's address, for `dependsOn` of other resources. */
  public get fqn(): string {
    return this.resource.fqn;
  }

  /** The resource's `id` attribute: random, and new if the set is replaced. Not for sets with `forEach` or `count`. */
  public get id(): string {
    return Token.asString(propertyAccess(this.fqn, ["id"]));
  }

  /**
   * The differences between the set and the user pool at the last check: an object with `missing`, `survivors` and
   * `locked_out` (declared, but suspended, perhaps by this set), or null if the check was not possible. With `forEach` or
   * `count`: one such object per instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`, as `missing` and `survivors` do; use `driftReport` instead
   * @example new TerraformOutput(this, "drift", { value: staff.drift })
   */
  public get drift(): IResolvable {
    return this.readAttribute("drift");
  }

  /**
   * The result for each id removed from the set in the last apply: a map from id to a text such as `deleted`, `not deleted` or
   * `already gone`. The next refresh empties it, so an output of it plans a change after each deletion; `drift` does not. In a plan, `not
   * deleted` is final. With `forEach` or `count`: one such map per instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`; the results are in the log of the apply instead
   */
  public get removals(): IResolvable {
    return this.readAttribute("removals");
  }

  /**
   * The same with `suspendDays`, for each id that left the set in the last apply: `suspended`, `not suspended by this set`,
   * `not suspended` or `already gone`.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`, which suspends nobody
   */
  public get suspensions(): IResolvable {
    return this.readAttribute("suspensions");
  }

  /**
   * The users who left the set and wait for their deletion: a map from id to the day from which plans show the deletion, such as
   * `2026-12-11T00:00:00Z`. With `forEach` or `count`: one such map per instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`, which suspends nobody
   */
  public get suspended(): IResolvable {
    return this.readAttribute("suspended");
  }

  /**
   * The users whom the set had suspended, and who are declared again: a map from the id that left the set to `user_id`, the system user id,
   * and `outcome`, `reactivated` or `not reactivated`. The next refresh empties it. In a plan, `not reactivated` is final. With `forEach`
   * or `count`: one such map per instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`, which suspends nobody
   */
  public get reactivations(): IResolvable {
    return this.readAttribute("reactivations");
  }

  /**
   * Whose account each id of `removals` and `suspensions` means: a map from the id to the system user id to which the state binds it. An id
   * that was never found is absent, and so are ids of the type `user_id`. The next refresh empties it. With `forEach` or `count`: one such
   * map per instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`, which binds nobody
   */
  public get leaverUserIds(): IResolvable {
    return this.readAttribute("leaver_user_ids");
  }

  /**
   * The ids in the set: declared ids, and survivors of a removal until they are deleted. With `forEach` or `count`: the ids of
   * all instances together.
   */
  public get userIds(): string[] {
    if (this.resourceType === UserSetResourceType.NULL_RESOURCE) return heldUserIds(this.fqn);
    return this.gather((instance) => Fn.keys(propertyAccess(instance, ["users"])) as IResolvable);
  }

  /**
   * Declared ids that were not in the user pool at the last check; null if the check was not possible. With `forEach` or
   * `count`: the ids of all instances together.
   */
  public get missing(): string[] {
    return this.gather((instance) => this.ofDrift(instance, "missing"));
  }

  /**
   * Removed ids that were still in the user pool at the last check; null if the check was not possible. With `forEach` or
   * `count`: the ids of all instances together.
   */
  public get survivors(): string[] {
    return this.gather((instance) => this.ofDrift(instance, "survivors"));
  }

  /** An attribute of the resource; with `forEach` or `count`, a map of the attributes of all instances. */
  private readAttribute(name: ReadAttribute): IResolvable {
    this.requireAttribute(name);
    if (!this.isRepeated) return propertyAccess(this.fqn, [name]);
    return forExpression(this.fqn, propertyAccess(FOR_EXPRESSION_VALUE, [name]), FOR_EXPRESSION_KEY);
  }

  private requireAttribute(name: ReadAttribute): void {
    if (this.resourceType === UserSetResourceType.GENAUTH_USER_SET) return;
    throw new Error(
      `${this.node.path}: a set with ${caller.member("UserSetResourceType.NULL_RESOURCE")} holds no ${name}. Set ` +
        `${caller.property("driftReport")} and read the file that apply writes, or use ` +
        `${caller.member("UserSetResourceType.GENAUTH_USER_SET")}.`,
    );
  }

  private get isRepeated(): boolean {
    return this.resource.forEach !== undefined || this.resource.count !== undefined;
  }

  /** The list of one instance, or the lists of all instances joined. */
  private gather(listOf: (instance: string | IResolvable) => IResolvable): string[] {
    const list = this.isRepeated
      ? (Fn.flatten(forExpression(this.fqn, listOf(FOR_EXPRESSION_VALUE))) as IResolvable)
      : listOf(this.fqn);
    return Token.asList(list);
  }

  /** Handles a `drift` that is null, because Terraform cannot read an attribute of null. */
  private ofDrift(instance: string | IResolvable, list: "missing" | "survivors"): IResolvable {
    this.requireAttribute("drift");
    const unchecked = this.isRepeated ? [] : ref("null");
    return Fn.try([propertyAccess(instance, ["drift", list]), unchecked]) as IResolvable;
  }
}

function declareGenAuthUserSet(scope: Construct, id: string, props: ManagedUserSetProps): UserSet {
  const { users, retainedUserIds, driftReport } = props;
  const resource = new UserSet(scope, id, {
    ...props,
    users: users.toMap(),
    retainedUserIds: Token.isUnresolved(retainedUserIds)
      ? retainedUserIds
      : retainedUserIds?.map(escapeAroundTokens),
  });
  resource.node.addValidation({
    validate: () =>
      driftReport === undefined
        ? []
        : [
            `${caller.property("driftReport")} is for ${caller.member("UserSetResourceType.NULL_RESOURCE")}. Here, drift is an ` +
              `attribute: pass \`${caller.property("drift")}\` to a TerraformOutput.`,
          ],
  });
  return resource;
}

/** Refuses to compile a property that `NullUserSetProps` does not have, because a null resource would ignore it. */
type NullResourceProps = NullUserSetProps &
  Record<Exclude<keyof ManagedUserSetProps, keyof NullUserSetProps | "resourceType">, never>;

function declareNullResource(scope: Construct, id: string, props: NullResourceProps): TerraformResource {
  const stack = TerraformStack.of(scope);
  StackFiles.addCommand(stack);
  const resource: TerraformResource = declareNullUserSet(scope, id, props, {
    usersOfOthers: () => collectUsersOfOthers(resource),
    references: () => new References(stack),
    resolve: (value) => resolve(stack, value),
  });
  return resource;
}
