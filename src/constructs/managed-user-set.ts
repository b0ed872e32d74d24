import {
  Fn,
  FOR_EXPRESSION_KEY,
  FOR_EXPRESSION_VALUE,
  forExpression,
  type IResolvable,
  type ITerraformDependable,
  propertyAccess,
  ref,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { declarationProblems } from "./declaration-problems";
import { Engine } from "./engine";
import type { ManagedUserSetProps } from "./managed-user-set-props";
import { declareNullUserSet, type UserSetResource } from "./null-engine";
import { heldUserIds } from "./null-engine/held-users";
import { declareUserSet } from "./provider-engine";

/**
 * A set of people who may have an account in a GenAuth user pool. Who leaves the set shows in the plan and is
 * deleted from GenAuth at apply, 50 a call; what still differs after that is reported as drift. Needs a
 * `GenAuthProvider` in the stack, or with `Engine.NULL_RESOURCE` a `NullProvider`.
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
  public readonly resource: UserSetResource;
  private readonly engine: Engine;

  public constructor(scope: Construct, id: string, props: ManagedUserSetProps) {
    super(scope, id);
    this.engine = props.engine ?? Engine.PROVIDER;
    const declare = this.engine === Engine.NULL_RESOURCE ? declareNullUserSet : declareUserSet;
    // "Default" leaves no trace in the resource's address: genauth_user_set.staff, not one with a hash.
    this.resource = declare(this, "Default", props);
    this.node.addValidation({ validate: () => declarationProblems(props) });
  }

  /** The resource's address, for `dependsOn` of others. */
  public get fqn(): string {
    return this.resource.fqn;
  }

  /**
   * What differs between the set and the user pool, as last checked: an object with `missing` and `survivors`;
   * null where it could not be checked. With `forEach` or `count`: one such object an instance.
   *
   * @throws Error with `Engine.NULL_RESOURCE`, as `missing` and `survivors` do: there the report is a file, see `driftReport`
   * @example new TerraformOutput(this, "drift", { value: staff.drift })
   */
  public get drift(): IResolvable {
    this.needDrift();
    if (!this.isRepeated) return propertyAccess(this.fqn, ["drift"]);
    return forExpression(this.fqn, propertyAccess(FOR_EXPRESSION_VALUE, ["drift"]), FOR_EXPRESSION_KEY);
  }

  /**
   * The ids that the set holds: those declared, and survivors of a removal until they are gone. With `forEach`
   * or `count`: of all instances together.
   */
  public get userIds(): string[] {
    if (this.engine === Engine.NULL_RESOURCE) return heldUserIds(this.fqn);
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

  private needDrift(): void {
    if (this.engine === Engine.PROVIDER) return;
    throw new Error(
      `${this.node.path}: a set with Engine.NULL_RESOURCE holds no drift. Set driftReport, and read the file that apply ` +
        `writes; or use Engine.PROVIDER.`,
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
    this.needDrift();
    const unchecked = this.isRepeated ? [] : ref("null");
    return Fn.try([propertyAccess(instance, ["drift", list]), unchecked]) as IResolvable;
  }
}
