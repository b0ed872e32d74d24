import { TerraformStack } from "cdktf";
import { caller } from "../caller";
import { count } from "../users";

/** CDKTF, and CDK Terrain, which continues it. */
type Cdk = keyof typeof caller.packages;

const watched = new WeakSet<TerraformStack>();

/**
 * Makes synth refuse a stack in which CDKTF and CDK Terrain are mixed. Each takes the other's constructs for its own, and fails
 * in its own code: "… is not a function". Repeated calls have no effect.
 *
 * It looks at the tree when synth starts. Validations are too late, because CDK Terrain fails before it runs them.
 */
export function refuseMixedCdks(stack: TerraformStack): void {
  if (watched.has(stack)) return;
  watched.add(stack);
  const prepare = stack.prepareStack.bind(stack);
  stack.prepareStack = () => {
    const problem = findMixedCdks(stack);
    if (problem !== undefined) throw new Error(problem);
    prepare();
  };
}

/** How many constructs the message lists. */
const LISTED = 5;

function findMixedCdks(stack: TerraformStack): string | undefined {
  const own = cdkOf(TerraformStack.prototype);
  if (own === undefined) return undefined;
  const others = [...new Set([...stack.node.scopes, ...stack.node.findAll()])].filter((node) => {
    const cdk = cdkOf(node);
    return cdk !== undefined && cdk !== own;
  });
  if (others.length === 0) return undefined;
  const other = own === "cdktf" ? "cdktn" : "cdktf";
  const names = others
    .slice(0, LISTED)
    .map(({ node, constructor }) => `${node.path || "the app"} (${constructor.name})`);
  const more = others.length > LISTED ? `, and ${count(others.length - LISTED, "more construct")}` : "";
  return (
    `${stack.node.path}: cdktf and cdktn are mixed, and neither works with constructs of the other. The stack's constructs from ` +
    `${caller.packages[own]} use ${own}; made with ${other}: ${names.join(", ")}${more}. Import everything from one of them: with ${own}, ` +
    `or with ${other} and ${caller.packages[other]}.`
  );
}

/** The CDK whose class a construct extends. Both compile with jsii, which notes the names of the classes. */
function cdkOf(object: object): Cdk | undefined {
  const names = Symbol.for("jsii.rtti");
  for (
    let prototype: object | null = object;
    prototype !== null;
    prototype = Reflect.getPrototypeOf(prototype)
  ) {
    const { fqn = "" } = (prototype.constructor as { [names]?: { fqn?: string } })[names] ?? {};
    const cdk = fqn.split(".")[0] ?? "";
    if (cdk === "cdktf" || cdk === "cdktn") return cdk;
  }
  return undefined;
}
