import {
  conditional,
  Fn,
  FOR_EXPRESSION_KEY,
  forExpression,
  Lazy,
  LocalBackend,
  Op,
  propertyAccess,
  type TerraformResource,
  Token,
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { COMMAND_SCRIPT } from "../install";
import { UserIdType } from "../users";
import {
  findNullSetProblems,
  findUnknownUsers,
  type NullUserSetProps,
  type StackReferences,
  type StackUsers,
} from "./check-set";
import {
  type Declaration,
  DECLARATION_FORMAT,
  declaredVariables,
  ID_TYPE_TRIGGER,
  priorVariables,
  triggersOf,
  USER_TRIGGER,
  Variable,
} from "./payload";

/** What the rest of the stack means to a set. Asked at synth, when all of the stack is there. */
export interface StackContext {
  /** Whom the set must not delete, besides those whom it declares itself. */
  usersOfOthers(): StackUsers;
  references(): StackReferences;
  /** What a value with CDKTF tokens becomes in `cdk.tf.json`. */
  resolve(value: unknown): unknown;
}

/** By resource, so that a `null_resource` which somebody made for another purpose is never taken for a set. */
const sets = new WeakMap<IConstruct, NullUserSetProps>();

/** What a node declares, if it is the `null_resource` of a user set. */
export function nullUserSetOf(node: IConstruct): NullUserSetProps | undefined {
  return sets.get(node);
}

/**
 * Declares a set as a `null_resource` with a trigger for each user. Its destroy-time provisioner runs the command that
 * deletes those removed, before Terraform replaces the resource, with the configuration that was planned and the triggers of
 * the set as it was.
 */
export function declareNullUserSet(
  scope: Construct,
  id: string,
  props: NullUserSetProps,
  stack: StackContext,
): TerraformResource & { readonly id: string } {
  const { users, userIdType = UserIdType.USER_ID, dependsOn, lifecycle, provider } = props;
  const { Resource } = loadBindings();
  const map = users.toMap();
  const triggers = Token.isUnresolved(map) ? { [ID_TYPE_TRIGGER]: userIdType } : triggersOf(userIdType, map);
  const resource = new Resource(scope, id, { triggers, dependsOn, lifecycle, provider });
  sets.set(resource, props);
  addProvisioner(resource, () => declarationOf(resource, props, stack));
  resource.node.addValidation({
    validate: () =>
      findNullSetProblems(resource, props, {
        references: stack.references(),
        usersOfOthers: stack.usersOfOthers(),
        declaration: () => declarationOf(resource, props, stack),
      }),
  });
  return resource;
}

/** Loaded only where it is used: stacks with the `genauth` provider do without the package. */
function loadBindings(): typeof import("@cdktf/provider-null/lib/resource") {
  try {
    return createRequire(__filename)(
      "@cdktf/provider-null/lib/resource",
    ) as typeof import("@cdktf/provider-null/lib/resource");
  } catch (cause) {
    throw new Error(
      "UserSetResourceType.NULL_RESOURCE needs HashiCorp's null provider for CDKTF. Run: npm install @cdktf/provider-null@11",
      { cause },
    );
  }
}

/**
 * `exec` leaves no shell between Terraform and the command, and `$PPID` is Terraform itself, also where `node` is a
 * program that starts another. Short, because Terraform repeats it in each error.
 */
const COMMAND = `exec sh "$${Variable.COMMAND}" apply-null-resource "$PPID"`;

function addProvisioner(resource: TerraformResource, declaration: () => Declaration): void {
  const environment = Lazy.anyValue({
    produce: () => ({
      // Relative, so that the stack's folder may be moved, or applied on another machine.
      [Variable.COMMAND]: `\${path.module}/${COMMAND_SCRIPT}`,
      [Variable.OBJECT]: "${self.id}",
      ...declaredVariables(declaration()),
      ...priorVariables(),
    }),
  });
  resource.addOverride("provisioner", [
    { "local-exec": { when: "destroy", command: COMMAND, environment, quiet: true } },
  ]);
}

/**
 * What the command is told of a set at apply. Terraform normalises every string, the triggers among them, to the Unicode form
 * NFC; it does not see into this literal, so an id in another form would read as removed.
 *
 * @throws Error where some of it is known only to Terraform. Validation says so first; a synthesis that skips it must not pass
 *   part of the set, because the rest would read as removed
 */
function declarationOf(
  resource: TerraformResource,
  props: NullUserSetProps,
  stack: StackContext,
): Declaration {
  const usersOfOthers = stack.usersOfOthers();
  const problems = findUnknownUsers(props, usersOfOthers);
  if (problems.length > 0) throw new Error(`${pathOf(resource)}: ${problems.join(" ")}`);
  const { maxDeletions, maxDeletionsPercent, deleteBy } = props;
  return {
    format: DECLARATION_FORMAT,
    set: pathOf(resource),
    userIdType: props.userIdType ?? UserIdType.USER_ID,
    users: props.users._entries.map(({ id, label }) => [id.normalize(), label.normalize()] as const),
    retainedUserIds: (props.retainedUserIds ?? []).map((id) => id.normalize()),
    protectedUsers: usersOfOthers.ids,
    ...(maxDeletions !== undefined && { maxDeletions }),
    ...(maxDeletionsPercent !== undefined && { maxDeletionsPercent }),
    ...(deleteBy !== undefined && { deleteBy }),
    ...(props.driftReport === true && { driftReportFile: driftReportFileOf(resource, stack) }),
  };
}

/** The path of the set's construct, which is what people know: the resource lies in it. */
function pathOf(resource: IConstruct): string {
  return (resource.node.scope ?? resource).node.path;
}

/**
 * The file for a set's drift report: in the folder of the state where the stack keeps it in a local file, otherwise in the
 * folder in which Terraform runs.
 */
function driftReportFileOf(resource: TerraformResource, stack: StackContext): string {
  const name = `genauth-drift.${pathOf(resource).replaceAll(/[^\w.-]+/g, ".")}.json`;
  const backend = resource.cdktfStack.node.findAll().find((node) => node instanceof LocalBackend);
  const { terraform } = stack.resolve(backend?.toTerraform() ?? {}) as {
    readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
  };
  const state = terraform?.backend?.local?.path;
  return state === undefined ? name : join(dirname(state), name);
}

/**
 * The ids that a `null_resource` holds, as an expression on its triggers.
 *
 * @param fqn the resource's address
 */
export function heldUserIds(fqn: string): string[] {
  const isUser = Op.neq(FOR_EXPRESSION_KEY, ID_TYPE_TRIGGER);
  const id = conditional(isUser, Fn.trimprefix(Token.asString(FOR_EXPRESSION_KEY), USER_TRIGGER), "");
  const ids = forExpression(propertyAccess(fqn, ["triggers"]), id);
  return Fn.compact(Token.asList(ids));
}
