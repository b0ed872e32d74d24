import {
  Fn,
  FOR_EXPRESSION_VALUE,
  forExpression,
  type IResolvable,
  propertyAccess,
  ref,
  type TerraformMetaArguments,
  TerraformStack,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { caller } from "../caller";
import { findDeclarationProblems, findNameProblems } from "./check-declaration";
import { inheritDeletionLimits } from "./deletion-limits";
import { UserSet } from "./generated/user-set";
import { escapeAroundTokens } from "./template-text";
import { checkProps, type IUserSet, type UserSetProps } from "./user-set";
import { providersOf } from "./user-pools";
import type { Users } from "./users";
import { dataSourceOfUsers, describeDataSource, writtenDeclaration } from "./written-set";

/**
 * The properties of a `ManagedUserSet`, in addition to `dependsOn`, `lifecycle`, `provider`, `forEach` and
 * `count` of every CDKTF resource.
 */
export interface ManagedUserSetProps extends UserSetProps, TerraformMetaArguments {
  /**
   * For how many days users who leave the set are suspended before they are deleted, from 0 to 90. Declared
   * again before that, they are reactivated.
   *
   * @default 0; users are deleted at once
   * @example 14
   */
  readonly suspendDays?: number;
  /**
   * Accepts a plan in which the users of an existing set are not known yet. Nobody can review such a removal.
   * Also lets other sets delete users while the users of this set are not known.
   *
   * @default false
   * @example true
   */
  readonly allowUnknownUsers?: boolean;
  /**
   * Accepts a new set without any user in the pool, such as a team that is not provisioned yet. Otherwise its
   * plan fails, because the wrong id type or the wrong pool looks the same.
   *
   * @default false
   * @example true
   */
  readonly allowMissingUsers?: boolean;
}

const PROPERTIES: Readonly<Record<Exclude<keyof ManagedUserSetProps, keyof UserSetProps>, true>> = {
  suspendDays: true,
  allowUnknownUsers: true,
  allowMissingUsers: true,
  dependsOn: true,
  count: true,
  provider: true,
  lifecycle: true,
  forEach: true,
  provisioners: true,
  connection: true,
};

/** CDKTF says that a provider is missing, too, but gives another one as its example. */
const MISSING_PROVIDER = `The stack has no GenAuthProvider. Add one to it: ${caller.construct("GenAuthProvider", "genauth")}.`;

/**
 * A set of users who may have an account in a GenAuth user pool. A user removed from the set appears in the
 * plan and is deleted from GenAuth at apply, 50 users per call. Remaining differences are reported as drift.
 * Needs a `GenAuthProvider` in the stack.
 *
 * @example
 * new ManagedUserSet(this, "staff", {
 *   users: Users.fromFile("staff.csv", { id: "email", label: "name" }),
 *   userIdType: UserIdType.EMAIL,
 *   maxDeletions: 100,
 * });
 */
export class ManagedUserSet extends Construct implements IUserSet {
  /** The Terraform resource, for what this class does not have: `importFrom`, `moveFromId`, `addOverride`. */
  public readonly resource: UserSet;

  public constructor(scope: Construct, id: string, props: ManagedUserSetProps) {
    super(scope, id);
    checkProps(this, props, PROPERTIES);
    inheritDeletionLimits(TerraformStack.of(this));
    const { users, retainedIds } = props;
    // "Default" is left out of the resource's address: genauth_user_set.staff, without a hash.
    this.resource = new UserSet(this, "Default", {
      ...props,
      users: users.toMap(),
      retainedIds: Token.isUnresolved(retainedIds) ? retainedIds : retainedIds?.map(escapeAroundTokens),
    });
    this.node.addValidation({ validate: () => this.problems(users) });
  }

  /** The resource's address, for `dependsOn` of other resources. */
  public get fqn(): string {
    return this.resource.fqn;
  }

  /**
   * The resource's `id` attribute: random, and new if the set is replaced.
   *
   * @throws Error for a set with `forEach` or `count`, each instance of which has an id of its own
   */
  public get id(): string {
    if (this.isRepeated)
      throw new Error(
        `${this.node.path}: each instance has an id of its own, because the set has ${caller.property("forEach")} or ${caller.property("count")}. ` +
          `Read that of one instance by its key, as in ${this.address}["key"].id.`,
      );
    return this.resource.id;
  }

  /**
   * The differences between the set and the user pool at the last check: an object with `missing`,
   * `survivors` and `locked_out` (declared, but suspended, no matter who did it), or null if the check was
   * not possible. With `forEach` or `count`: one such object per instance.
   *
   * @example new TerraformOutput(this, "drift", { value: staff.drift })
   */
  public get drift(): IResolvable {
    return this.readAttribute("drift");
  }

  /**
   * The result for each id removed from the set in the last apply: a map from id to a text such as `deleted`,
   * `not deleted` or `already gone`. The next refresh empties it, so an output of it plans a change after
   * each deletion; `drift` does not. In a plan, `not deleted` is final. With `forEach` or `count`: one such
   * map per instance.
   */
  public get removals(): IResolvable {
    return this.readAttribute("removals");
  }

  /**
   * The same with `suspendDays`, for each id that left the set in the last apply: `suspended`,
   * `not suspended by this set`, `not suspended` or `already gone`.
   */
  public get suspensions(): IResolvable {
    return this.readAttribute("suspensions");
  }

  /**
   * The users who left the set and wait for their deletion: a map from id to the day from which plans show
   * the deletion, such as `2026-12-11T00:00:00Z`. With `forEach` or `count`: one such map per instance.
   */
  public get suspended(): IResolvable {
    return this.readAttribute("suspended");
  }

  /**
   * The users that the set had suspended, and who are declared again or protected: a map from the id that
   * left the set to `user_id`, the system user id, and `outcome`, `reactivated` or `not reactivated`. The
   * next refresh empties it. In a plan, `not reactivated` is final. With `forEach` or `count`: one such map
   * per instance.
   */
  public get reactivations(): IResolvable {
    return this.readAttribute("reactivations");
  }

  /**
   * The account that each id of `removals` and `suspensions` means: a map from the id to the system user id
   * to which the state binds it. An id that was never found is absent, and so are ids of the type `user_id`.
   * The next refresh empties it. With `forEach` or `count`: one such map per instance.
   */
  public get leaverUserIds(): IResolvable {
    return this.readAttribute("leaver_user_ids");
  }

  /**
   * The declared ids that named somebody else at the last refresh than before, and that an apply binds to the
   * new account: a map from the id to `former_user_id` and `user_id`. Removing such an id later deletes the
   * new account. With `forEach` or `count`: one such map per instance.
   */
  public get rebindings(): IResolvable {
    return this.readAttribute("rebindings");
  }

  /**
   * The ids in the set: declared ids, and survivors of a removal until they are deleted. With `forEach` or
   * `count`: the ids of all instances together.
   */
  public get ids(): string[] {
    return this.gather("users", (users) => Fn.keys(users) as IResolvable);
  }

  /**
   * Declared ids that were not in the user pool at the last check; null if the check was not possible. With
   * `forEach` or `count`: the ids of all instances together.
   */
  public get missing(): string[] {
    return this.ofDrift("missing");
  }

  /**
   * Removed ids that were still in the user pool at the last check; null if the check was not possible. With
   * `forEach` or `count`: the ids of all instances together.
   */
  public get survivors(): string[] {
    return this.ofDrift("survivors");
  }

  private problems(users: Users): string[] {
    const source = dataSourceOfUsers(this.resource);
    return [
      ...findNameProblems(this.resource),
      ...findDeclarationProblems(writtenDeclaration(this.resource, users)),
      ...(source === undefined ? [] : [describeDataSource(source)]),
      ...(providersOf(this).length > 0 ? [] : [MISSING_PROVIDER]),
    ];
  }

  /** An attribute of the resource; with `forEach` or `count`, a map of the attributes of all instances. */
  private readAttribute(name: string): IResolvable {
    return this.isRepeated
      ? this.reference(`{ for key, val in ${this.address} : key => val.${name} }`)
      : this.resource.interpolationForAttribute(name);
  }

  private get isRepeated(): boolean {
    return this.resource.forEach !== undefined || this.resource.count !== undefined;
  }

  private get address(): string {
    return `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}`;
  }

  /**
   * An expression over instances. Another stack gets its value, not the whole resource, which changes with
   * each deletion.
   */
  private reference(expression: string): IResolvable {
    return ref(expression, this.resource.cdktfStack);
  }

  /** A list of an attribute's value, or of all instances' values, joined. */
  private gather(attribute: string, listOf: (value: IResolvable | string) => IResolvable): string[] {
    if (!this.isRepeated) return Token.asList(listOf(this.resource.interpolationForAttribute(attribute)));
    const values = this.reference(`[for val in ${this.address} : val.${attribute}]`);
    return Token.asList(Fn.flatten(forExpression(values, listOf(FOR_EXPRESSION_VALUE))) as IResolvable);
  }

  /** Handles a `drift` that is null, because Terraform cannot read an attribute of null. */
  private ofDrift(list: "missing" | "survivors"): string[] {
    const unchecked = this.isRepeated ? [] : ref("null");
    return this.gather("drift", (drift) => Fn.try([propertyAccess(drift, [list]), unchecked]) as IResolvable);
  }
}
