import {
  conditional,
  Fn,
  FOR_EXPRESSION_KEY,
  forExpression,
  type ITerraformDependable,
  Lazy,
  LocalBackend,
  Op,
  propertyAccess,
  type TerraformResource,
  type TerraformResourceLifecycle,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { dirname, join } from "node:path";
import {
  type Declaration,
  DECLARATION_FORMAT,
  ID_TYPE_TRIGGER,
  PROVISIONER_COMMAND,
  provisionerEnvironment,
  triggersOf,
  USER_TRIGGER,
} from "../../payload";
import { findDeclarationProblems, findNameProblems } from "../check-declaration";
import { inheritDeletionLimits } from "../deletion-limits";
import { collectUsersOfOthers } from "../protected-users";
import { resolve } from "../references";
import { StackFiles } from "../stack-files";
import { checkProps, type IUserSet, noteNullUserSet, type UserSetProps } from "../user-set";
import { findNullSetProblems, findUnknownUsers } from "./check-set";

/** The properties of a `NullResourceUserSet`. */
export interface NullResourceUserSetProps extends UserSetProps {
  /**
   * Whether each apply writes its drift report as JSON, to `genauth-drift.<path of the set>.json` beside the
   * state file or, if the state is not in a local file, in the folder where Terraform runs.
   *
   * @default false
   * @example true
   */
  readonly driftReport?: boolean;
  /**
   * What Terraform creates and changes before the set.
   *
   * @default nothing
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Conditions and triggers of the resource. `createBeforeDestroy` and `preventDestroy` are refused at synth.
   *
   * @default none
   */
  readonly lifecycle?: TerraformResourceLifecycle;
}

const PROPERTIES: Readonly<Record<Exclude<keyof NullResourceUserSetProps, keyof UserSetProps>, true>> = {
  driftReport: true,
  dependsOn: true,
  lifecycle: true,
};

/**
 * A set of users like a `ManagedUserSet`, held by a `null_resource`, for teams that may install only
 * HashiCorp's providers. Needs `npm install @cdktf/provider-null@11`, a `NullProvider` in the stack, Node.js
 * on the PATH where Terraform runs, and credentials in the environment. It has limits that a reviewer must
 * know:
 *
 * - The plan shows who leaves, but looks nobody up. Guards, protected users and renames are reported at
 *   apply, before anybody is deleted.
 * - There is no refresh. Drift is checked at apply only, and nobody is looked up when a set is created.
 * - An id is not bound to the user it first named. If an e-mail address, phone number or name was reassigned,
 *   its current user is deleted.
 * - A provisioner cannot come back days later, so that nobody is suspended before the deletion.
 * - A tainted set loses the removals of the next apply, silently.
 * - A saved plan must stay in place until its apply has ended, because the command asks Terraform what the
 *   plan does to the set.
 *
 * Tokens, more than 10,000 users and Windows are refused at synth.
 *
 * @example
 * new NullResourceUserSet(this, "staff", {
 *   users: Users.fromFile("staff.csv", { id: "email", label: "name" }),
 *   userIdType: UserIdType.EMAIL,
 *   maxDeletions: 100,
 * });
 */
export class NullResourceUserSet extends Construct implements IUserSet {
  /**
   * The Terraform resource, for what this class does not have, such as `addOverride`. Its class is of the
   * null provider's package.
   */
  public readonly resource: TerraformResource;

  /**
   * Declares a trigger for each user. Before Terraform replaces the resource, its destroy-time provisioner
   * runs the command that deletes removed users. The command gets the planned configuration and the set's
   * previous triggers.
   */
  public constructor(scope: Construct, id: string, props: NullResourceUserSetProps) {
    super(scope, id);
    checkProps(this, props, PROPERTIES);
    // A copy, because an aspect may change the limits of the set, and code its list, before it is written.
    const retainedIds = Array.isArray(props.retainedIds) ? [...props.retainedIds] : props.retainedIds;
    const declared = { ...props, retainedIds };
    const { users, userIdType, dependsOn, lifecycle } = declared;
    const { Resource } = loadBindings();
    const map = users.toMap();
    const triggers = Token.isUnresolved(map)
      ? { [ID_TYPE_TRIGGER]: userIdType }
      : triggersOf(userIdType, map);
    // "Default" is left out of the resource's address: null_resource.staff, without a hash.
    const resource = new Resource(this, "Default", { triggers, dependsOn, lifecycle });
    this.resource = resource;
    const declaration = (): Declaration => declarationOf(resource, declared);
    noteNullUserSet(resource, declared);
    addProvisioner(resource, declaration);
    this.node.addValidation({
      validate: () => [
        ...findNameProblems(resource),
        ...findDeclarationProblems({ ...declared, users: users._entries }),
      ],
    });
    resource.node.addValidation({ validate: () => findNullSetProblems(resource, declared, declaration) });
    StackFiles.addCommand(resource.cdktfStack);
    inheritDeletionLimits(resource.cdktfStack);
  }

  /** The resource's address, for `dependsOn` of other resources. */
  public get fqn(): string {
    return this.resource.fqn;
  }

  /** The resource's `id` attribute: random, and new with each change of the set. */
  public get id(): string {
    return this.resource.getStringAttribute("id");
  }

  /** The ids in the set: declared ids, and those of a removal that failed until they are deleted. */
  public get ids(): string[] {
    const isUser = Op.neq(FOR_EXPRESSION_KEY, ID_TYPE_TRIGGER);
    const id = conditional(isUser, Fn.trimprefix(Token.asString(FOR_EXPRESSION_KEY), USER_TRIGGER), "");
    const ids = forExpression(propertyAccess(this.fqn, ["triggers"]), id);
    return Fn.compact(Token.asList(ids));
  }
}

/**
 * Loaded on demand: stacks with the `genauth` provider do not need the package. For CDK Terrain and other
 * languages, the build puts `null-provider.ts` in its place.
 */
function loadBindings(): typeof import("@cdktf/provider-null/lib/resource") {
  try {
    // An import would not be on demand, and the build could not replace the argument of a function.
    // oxlint-disable-next-line typescript/no-require-imports
    return require("@cdktf/provider-null/lib/resource") as typeof import("@cdktf/provider-null/lib/resource");
  } catch (cause) {
    throw new Error(
      "NullResourceUserSet needs HashiCorp's null provider for CDKTF. Run: npm install @cdktf/provider-null@11",
      { cause },
    );
  }
}

function addProvisioner(resource: TerraformResource, declaration: () => Declaration): void {
  const environment = Lazy.anyValue({
    produce: () => provisionerEnvironment(declaration()),
  });
  resource.addOverride("provisioner", [
    { "local-exec": { when: "destroy", command: PROVISIONER_COMMAND, environment, quiet: true } },
  ]);
}

/**
 * The set's declaration for the command. Terraform normalises every string, including triggers, to the
 * Unicode form NFC, but not the content of this literal. An id in another form would appear as removed, so
 * this uses NFC too.
 *
 * @throws Error if a part is known only to Terraform, or another resource has the same name. Validation
 *   reports this first, but synthesis can skip validation, and the missing users would appear as removed
 */
function declarationOf(resource: TerraformResource, props: NullResourceUserSetProps): Declaration {
  const usersOfOthers = collectUsersOfOthers(resource);
  const problems = [...findNameProblems(resource), ...findUnknownUsers(props, usersOfOthers)];
  if (problems.length > 0) throw new Error(`${pathOf(resource)}: ${problems.join(" ")}`);
  const { maxDeletions, maxDeletionsPercent, deleteBy } = props;
  // JSON leaves undefined out. A record has to name every part, even an optional one.
  const declaration: Declaration & Record<keyof Declaration, unknown> = {
    format: DECLARATION_FORMAT,
    set: pathOf(resource),
    userIdType: props.userIdType,
    users: props.users._entries.map(({ id, label }) => [id.normalize(), label.normalize()] as const),
    retainedIds: (props.retainedIds ?? []).map((id) => id.normalize()),
    protectedUsers: usersOfOthers.ids,
    maxDeletions,
    maxDeletionsPercent,
    deleteBy,
    driftReportFile: props.driftReport === true ? driftReportFileOf(resource) : undefined,
  };
  return declaration;
}

/** The path of the set's construct, the parent of the resource. */
function pathOf(resource: Construct): string {
  return (resource.node.scope ?? resource).node.path;
}

/**
 * The file for a set's drift report: in the folder of the state if the state is a local file, otherwise in
 * the folder where Terraform runs.
 */
function driftReportFileOf(resource: TerraformResource): string {
  const name = `genauth-drift.${pathOf(resource).replaceAll(/[^\p{L}\p{N}_.-]+/gu, ".")}.json`;
  const backend = resource.cdktfStack.node.findAll().find((node) => node instanceof LocalBackend);
  const { terraform } = resolve(resource, backend?.toTerraform() ?? {}) as {
    readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
  };
  const state = terraform?.backend?.local?.path;
  return state === undefined ? name : join(dirname(state), name);
}
