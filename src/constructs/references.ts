import {
  DefaultTokenResolver,
  StringConcat,
  TerraformElement,
  TerraformProvider,
  TerraformStack,
  Tokenization,
} from "cdktf";
import type { IConstruct } from "constructs";
import { nullUserSetOf } from "./user-set";

/** Resolves a value with CDKTF tokens to its form in the `cdk.tf.json` of the scope's stack. */
export function resolve(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new DefaultTokenResolver(new StringConcat()) });
}

/** The address of a resource or data source of this provider. */
const OWN = /^(?:data\.)?genauth_/;
const ADDRESS = /\b(?:data\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*/g;

/** Follows references in a stack, to avoid cycles in a provider's configuration. */
export class References {
  private read: ReadonlyMap<string, string> | undefined;

  public constructor(private readonly stack: TerraformStack) {}

  /** Whether an expression refers to an object of the GenAuth provider, directly or through other blocks. */
  public reachProvider(expression: string): boolean {
    return this.reach(expression, (address) => OWN.test(address));
  }

  /** Whether an expression refers to a matching address, directly or through other blocks. */
  public reach(expression: string, isSought: (address: string) => boolean): boolean {
    const seen = new Set<string>();
    const open = [expression];
    for (let text = open.pop(); text !== undefined; text = open.pop()) {
      for (const [address] of text.matchAll(ADDRESS)) {
        if (isSought(address)) return true;
        if (seen.has(address)) continue;
        seen.add(address);
        const block = this.blocks.get(address);
        if (block !== undefined) open.push(block);
      }
    }
    return false;
  }

  /** The stack's blocks as text in `cdk.tf.json`, by address. */
  public get blocks(): ReadonlyMap<string, string> {
    this.read ??= this.readBlocks();
    return this.read;
  }

  private readBlocks(): Map<string, string> {
    const blocks = new Map<string, string>();
    const elements = this.stack.node
      .findAll()
      .filter((node) => TerraformElement.isTerraformElement(node))
      .filter(
        (element) => element.cdktfStack === this.stack && !TerraformProvider.isTerraformProvider(element),
      );
    const put = (prefix: string, tree: Tree = {}, depth: number): void => {
      for (const [name, value] of Object.entries(tree)) {
        if (depth === 1) blocks.set(prefix + name, JSON.stringify(value));
        else put(`${prefix}${name}.`, value as Tree, depth - 1);
      }
    };
    for (const element of elements) {
      const { resource, data, module, locals } = resolve(this.stack, fragmentOf(element)) as Fragment;
      put("", resource, 2);
      put("data.", data, 2);
      put("module.", module, 1);
      put("local.", locals, 1);
    }
    return blocks;
  }
}

/**
 * Skips the provisioner of a set that is a `null_resource`. It contains no references, but is built from the
 * declarations of all sets, so that reading it here would recurse.
 */
function fragmentOf(element: TerraformElement): unknown {
  const fragment = element.toTerraform() as { resource?: Record<string, Record<string, Tree>> };
  if (!nullUserSetOf(element)) return fragment;
  for (const block of Object.values(fragment.resource ?? {}).flatMap(Object.values<Tree>)) {
    Object.assign(block, { provisioner: undefined });
  }
  return fragment;
}

/** The parts of an element in `cdk.tf.json` that others can refer to. */
type Fragment = Readonly<Partial<Record<"resource" | "data" | "module" | "locals", Tree>>>;
type Tree = Readonly<Record<string, unknown>>;
