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
import { declareNullUserSet, heldUserIds } from "../null-resource/construct";
import type { DeleteBy, UserIdType } from "../users";
import { findDeclarationProblems, refuseNull, refuseNullIds } from "./check-declaration";
import { UserSet } from "./generated/user-set";
import { collectUsersOfOthers } from "./protected-users";
import { References, resolve } from "./references";
import { StackFiles } from "./stack-files";
import { escapeAroundTokens } from "./template-text";
import type { Users } from "./users";

/** The Terraform resource that holds a user set. Both follow the same rules about who is deleted. */
export enum UserSetResourceType {
  /**
   * A `genauth_user_set` of the `genauth` provider, which synth writes beside the stack: the plan names who would be
   * deleted, and refresh sees drift.
   */
  GENAUTH_USER_SET = "genauth_user_set",
  /**
   * A `null_resource` of HashiCorp's null provider, for teams that may install no other; see the limits at `resourceType`.
   */
  NULL_RESOURCE = "null_resource",
}

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
   * @default 500; in addition, not more than 80 % of a set of 20 or more, unless `maxDeletionsPercent` is given
   * @example 100
   */
  readonly maxDeletions?: number;
  /**
   * The same as a share of the users held before, from 0 to 100.
   *
   * @default 80 for a set of 20 or more users, otherwise no limit by share
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
   * Accepts a new set none of whose users is in the pool, such as a team that is not provisioned yet. Otherwise its plan fails,
   * because that is what the wrong id type or the wrong pool looks like.
   *
   * @default false
   * @example true
   */
  readonly allowMissingUsers?: boolean;
  /**
   * Which ids a deletion names to GenAuth. An e-mail, phone or name can pass to somebody else between the look-up and the
   * deletion; with `DeleteBy.USER_ID`, the calls carry the system user ids of those who were looked up, so that this deletes
   * nobody else.
   *
   * @default DeleteBy.DECLARED_ID
   * @example DeleteBy.USER_ID
   */
  readonly deleteBy?: DeleteBy;
  /**
   * The Terraform resource that holds the set. `UserSetResourceType.NULL_RESOURCE` is for teams that may install only
   * HashiCorp's own providers. It needs `npm install @cdktf/provider-null@11`, a `NullProvider` in the stack, Node.js on the
   * PATH where Terraform runs, and credentials in the environment. It sees less, so a reviewer must know:
   *
   * - the plan shows who leaves, but looks nobody up: guards, protected users and renames are reported at apply, before
   *   anybody is deleted;
   * - there is no refresh: drift is checked at apply only, and nobody is looked up when a set is created;
   * - nothing binds an id to the user whom it named first: an e-mail, phone or name that was reassigned deletes whoever has
   *   it;
   * - a set that is tainted loses the removals of the next apply, silently;
   * - a saved plan must stay where it was until its apply has ended, because the command asks Terraform what the plan does to
   *   the set.
   *
   * Tokens, `forEach`, `count`, `createBeforeDestroy`, more than 10,000 users and Windows are refused at synth.
   *
   * @default UserSetResourceType.GENAUTH_USER_SET
   * @example UserSetResourceType.NULL_RESOURCE
   */
  readonly resourceType?: UserSetResourceType;
  /**
   * With `UserSetResourceType.NULL_RESOURCE`: whether each apply writes its drift report as JSON, to
   * `genauth-drift.<path of the set>.json` beside the state file, or in the folder in which Terraform runs if the state is
   * kept elsewhere.
   *
   * @default false
   * @example true
   */
  readonly driftReport?: boolean;
}

/**
 * A set of people who may have an account in a GenAuth user pool. Who leaves the set shows in the plan and is
 * deleted from GenAuth at apply, 50 a call; what still differs after that is reported as drift. Needs a
 * `GenAuthProvider` in the stack, or with `UserSetResourceType.NULL_RESOURCE` a `NullProvider`.
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
   * The Terraform resource, `genauth_user_set` or `null_resource`, for what this class does not offer, such as
   * `importFrom` or `moveTo`.
   */
  public readonly resource: TerraformResource & { readonly id: string };
  private readonly resourceType: UserSetResourceType;

  public constructor(scope: Construct, id: string, props: ManagedUserSetProps) {
    super(scope, id);
    const { users, retainedUserIds } = props;
    refuseNull(
      `${this.node.path}: users is`,
      users,
      " Where nobody is to have an account, give Users.of([]).",
    );
    if (retainedUserIds !== undefined) refuseNullIds(this.node.path, "retainedUserIds", retainedUserIds);
    this.resourceType = props.resourceType ?? UserSetResourceType.GENAUTH_USER_SET;
    // "Default" leaves no trace in the resource's address: genauth_user_set.staff, not one with a hash.
    this.resource =
      this.resourceType === UserSetResourceType.NULL_RESOURCE
        ? declareNullResource(this, "Default", props)
        : declareGenAuthUserSet(this, "Default", props);
    this.node.addValidation({ validate: () => findDeclarationProblems(props) });
  }

  /** The resource's address, for `dependsOn` of others. */
  public get fqn(): string {
    return this.resource.fqn;
  }

  /**
   * What differs between the set and the user pool, as last checked: an object with `missing` and `survivors`;
   * null where it could not be checked. With `forEach` or `count`: one such object an instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`, as `missing` and `survivors` do: there the report is a file, see `driftReport`
   * @example new TerraformOutput(this, "drift", { value: staff.drift })
   */
  public get drift(): IResolvable {
    return this.readAttribute("drift");
  }

  /**
   * What happened to each id that left the set in the last apply, such as `deleted`, `not deleted` or `already gone`: a map
   * from id to that text, emptied by the next refresh. In a plan, `not deleted` is final. With `forEach` or `count`: one such
   * map an instance.
   *
   * @throws Error with `UserSetResourceType.NULL_RESOURCE`: there the log of the apply says it
   * @example new TerraformOutput(this, "removals", { value: staff.removals })
   */
  public get removals(): IResolvable {
    return this.readAttribute("removals");
  }

  /**
   * The ids that the set holds: those declared, and survivors of a removal until they are gone. With `forEach`
   * or `count`: of all instances together.
   */
  public get userIds(): string[] {
    if (this.resourceType === UserSetResourceType.NULL_RESOURCE) return heldUserIds(this.fqn);
    return this.gather((instance) => Fn.keys(propertyAccess(instance, ["users"])) as IResolvable);
  }

  /**
   * Declared ids that the user pool does not have, as last checked; null where that was not possible. With `forEach` or
   * `count`: of all instances together.
   */
  public get missing(): string[] {
    return this.gather((instance) => this.ofDrift(instance, "missing"));
  }

  /**
   * Removed ids that were still in the user pool after the apply, as last checked; null where that was not
   * possible. With `forEach` or `count`: of all instances together.
   */
  public get survivors(): string[] {
    return this.gather((instance) => this.ofDrift(instance, "survivors"));
  }

  /** An attribute of the resource; with `forEach` or `count`, a map of those of all instances. */
  private readAttribute(name: "drift" | "removals"): IResolvable {
    this.requireAttribute(name);
    if (!this.isRepeated) return propertyAccess(this.fqn, [name]);
    return forExpression(this.fqn, propertyAccess(FOR_EXPRESSION_VALUE, [name]), FOR_EXPRESSION_KEY);
  }

  private requireAttribute(name: "drift" | "removals"): void {
    if (this.resourceType === UserSetResourceType.GENAUTH_USER_SET) return;
    throw new Error(
      `${this.node.path}: a set with UserSetResourceType.NULL_RESOURCE holds no ${name}. Set driftReport, and read the file ` +
        `that apply writes; or use UserSetResourceType.GENAUTH_USER_SET.`,
    );
  }

  private get isRepeated(): boolean {
    return this.resource.forEach !== undefined || this.resource.count !== undefined;
  }

  /** A list of one instance, or the lists of all instances as one. */
  private gather(listOf: (instance: string | IResolvable) => IResolvable): string[] {
    const list = this.isRepeated
      ? (Fn.flatten(forExpression(this.fqn, listOf(FOR_EXPRESSION_VALUE))) as IResolvable)
      : listOf(this.fqn);
    return Token.asList(list);
  }

  /** `drift` as a whole is null where it could not be checked, and Terraform reads no attribute of null. */
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
            "driftReport is for UserSetResourceType.NULL_RESOURCE. Here the drift is an attribute: give `drift` to a TerraformOutput.",
          ],
  });
  return resource;
}

function declareNullResource(
  scope: Construct,
  id: string,
  props: ManagedUserSetProps,
): ManagedUserSet["resource"] {
  const stack = TerraformStack.of(scope);
  StackFiles.addCommand(stack);
  const resource: ManagedUserSet["resource"] = declareNullUserSet(scope, id, props, {
    usersOfOthers: () => collectUsersOfOthers(resource),
    references: () => new References(stack),
    resolve: (value) => resolve(stack, value),
  });
  return resource;
}
