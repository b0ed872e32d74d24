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
import { SharedNote } from "../identity";
import {
  findNullSetProblems,
  findUnknownUsers,
  type NullUserSetProps,
  type StackReferences,
  type StackUsers,
} from "./check-set";

/** The rest of the stack, for a set. Read at synth, when the stack is complete. */
export interface StackContext {
  /** Users that the set must not delete, in addition to its declared users. */
  usersOfOthers(): StackUsers;
  references(): StackReferences;
  /** Resolves a value with CDKTF tokens to its form in `cdk.tf.json`. */
  resolve(value: unknown): unknown;
}

/** The properties of a set, and its limits, which may change until synth. */
type NullUserSet = Omit<NullUserSetProps, "maxDeletions" | "maxDeletionsPercent"> & {
  maxDeletions?: number;
  maxDeletionsPercent?: number;
};

/** On the resource, so that a `null_resource` with another purpose is never mistaken for a set. */
const nullUserSet = new SharedNote<NullUserSet>("nullUserSet");

/** The properties of a node that is the `null_resource` of a user set. */
export function nullUserSetOf(node: IConstruct): NullUserSet | undefined {
  return nullUserSet.of(node);
}

/**
 * Declares a set as a `null_resource` with a trigger for each user. Before Terraform replaces the resource, its destroy-time
 * provisioner runs the command that deletes removed users. The command gets the planned configuration and the set's previous
 * triggers.
 */
export function declareNullUserSet(
  scope: Construct,
  id: string,
  given: NullUserSetProps,
  stack: StackContext,
): TerraformResource {
  // A copy, because an aspect may change the limits of the set before it is written.
  const props = { ...given };
  const { users, userIdType, dependsOn, lifecycle, provider } = props;
  const { Resource } = loadBindings();
  const map = users.toMap();
  const triggers = Token.isUnresolved(map) ? { [ID_TYPE_TRIGGER]: userIdType } : triggersOf(userIdType, map);
  const resource = new Resource(scope, id, { triggers, dependsOn, lifecycle, provider });
  nullUserSet.set(resource, props);
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

/**
 * Loaded on demand: stacks with the `genauth` provider do not need the package. For CDK Terrain and other languages, the build puts
 * `null-provider.ts` in its place.
 */
function loadBindings(): typeof import("@cdktf/provider-null/lib/resource") {
  try {
    // An import would not be on demand, and the build could not replace the argument of a function.
    // oxlint-disable-next-line typescript/no-require-imports
    return require("@cdktf/provider-null/lib/resource") as typeof import("@cdktf/provider-null/lib/resource");
  } catch (cause) {
    throw new Error(
      "UserSetResourceType.NULL_RESOURCE needs HashiCorp's null provider for CDKTF. Run: npm install @cdktf/provider-null@11",
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
 * The set's declaration for the command. Terraform normalises every string, including triggers, to the Unicode form NFC, but not
 * the content of this literal. An id in another form would appear as removed, so this uses NFC too.
 *
 * @throws Error if a part is known only to Terraform. Validation reports this first, but synthesis can skip validation, and the
 *   missing part of the set would appear as removed
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
  // JSON leaves undefined out. A record has to name every part, even an optional one.
  const declaration: Declaration & Record<keyof Declaration, unknown> = {
    format: DECLARATION_FORMAT,
    set: pathOf(resource),
    userIdType: props.userIdType,
    users: props.users._entries.map(({ id, label }) => [id.normalize(), label.normalize()] as const),
    retainedUserIds: (props.retainedUserIds ?? []).map((id) => id.normalize()),
    protectedUsers: usersOfOthers.ids,
    maxDeletions,
    maxDeletionsPercent,
    deleteBy,
    driftReportFile: props.driftReport === true ? driftReportFileOf(resource, stack) : undefined,
  };
  return declaration;
}

/** The path of the set's construct, the parent of the resource. */
function pathOf(resource: IConstruct): string {
  return (resource.node.scope ?? resource).node.path;
}

/**
 * The file for a set's drift report: in the folder of the state if the state is a local file, otherwise in the folder where
 * Terraform runs.
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
 * An expression for the ids in the triggers of a `null_resource`.
 *
 * @param fqn the resource's address
 */
export function heldUserIds(fqn: string): string[] {
  const isUser = Op.neq(FOR_EXPRESSION_KEY, ID_TYPE_TRIGGER);
  const id = conditional(isUser, Fn.trimprefix(Token.asString(FOR_EXPRESSION_KEY), USER_TRIGGER), "");
  const ids = forExpression(propertyAccess(fqn, ["triggers"]), id);
  return Fn.compact(Token.asList(ids));
}
