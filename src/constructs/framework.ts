import type { TerraformElement, TerraformStack } from "cdktf";
import { parseJson } from "../text";

/*
 * What the constructs read of CDKTF and of CDK Terrain where neither has a public way: the overrides of an
 * element, the form of the items and expressions that iterators and functions render to, and the CDK of a
 * class. test/unit/constructs/framework.test.ts fails if a version of either changes one of them. Nothing else
 * here relies on the inside of a framework.
 */

/**
 * An attribute that `addOverride` sets. It takes the place of the property in `cdk.tf.json`, but not in the
 * construct.
 */
export function overrideOf(element: TerraformElement | TerraformStack, attribute: string): unknown {
  const overrides: unknown = Reflect.get(element, "rawOverrides");
  return typeof overrides === "object" && overrides !== null ? Reflect.get(overrides, attribute) : undefined;
}

/**
 * The CDK of the class that an object extends. Both compile with jsii, which notes the names of their
 * classes.
 */
export function cdkOf(object: object): "cdktf" | "cdktn" | undefined {
  const noted = Symbol.for("jsii.rtti");
  for (let each: object | null = object; each !== null; each = Reflect.getPrototypeOf(each)) {
    const { fqn = "" } = (each.constructor as { [noted]?: { fqn?: string } })[noted] ?? {};
    const [cdk] = fqn.split(".");
    if (cdk === "cdktf" || cdk === "cdktn") return cdk;
  }
  return undefined;
}

/** The values of `each` in one instance of a set. A set without `forEach` has one instance without them. */
export interface Instance {
  readonly key?: string;
  readonly value?: unknown;
}

/** The expressions that CDKTF's iterators make: `each.key`, `each.value.users`, `each.value["a b"].ids`. */
const EACH = String.raw`each\.(key|value)((?:\.[A-Za-z_][\w-]*|\["[^"\\]*"\])*)`;
const SOLE_EACH = new RegExp(`^${EACH}$`);
const EMBEDDED_EACH = new RegExp(String.raw`\$\{${EACH}\}`, "g");
/** The expression by which `Users.fromIds` turns a list token into a map. */
const LIST_AS_MAP = /^\{ for key, val in toset\((.*)\): val => "" \}$/s;

/**
 * Lists the instances of a set.
 *
 * @param items the set's `for_each` in `cdk.tf.json`; `undefined` if it has none
 * @returns one instance without `each` if there are no items, or if only Terraform will know them
 */
export function instancesOf(items: unknown): Instance[] {
  if (isRecord(items)) return Object.entries(items).map(([key, value]) => ({ key, value }));
  const list = typeof items === "string" ? /^\$\{toset\((\[.*\])\)\}$/s.exec(items)?.[1] : undefined;
  return list === undefined ? [{}] : (parseList(list)?.map((key) => ({ key, value: key })) ?? [{}]);
}

/**
 * The value of an expression in an instance, if it is an item or a part of one; `undefined` if only Terraform
 * can evaluate it.
 */
export function valueIn(instance: Instance, expression: string): unknown {
  const source = LIST_AS_MAP.exec(expression)?.[1] ?? expression;
  const [, root, path] = SOLE_EACH.exec(source) ?? [];
  return root === undefined ? undefined : itemPart(instance, root, path ?? "");
}

/** Replaces `${each.…}` in a text with the instance's values, if they are text. */
export function fillIn(instance: Instance, text: string): string {
  return text.replace(EMBEDDED_EACH, (whole, root: string, path: string) => {
    const part = itemPart(instance, root, path);
    return typeof part === "string" ? part : whole;
  });
}

function itemPart(instance: Instance, root: string, path: string): unknown {
  let part: unknown = root === "key" ? instance.key : instance.value;
  for (const [, name, quoted] of path.matchAll(/\.([\w-]+)|\["([^"]*)"\]/g)) {
    const step = name ?? quoted ?? "";
    part = isRecord(part) && Object.hasOwn(part, step) ? part[step] : undefined;
  }
  return part;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses a list of strings that CDKTF wrote in an expression; `undefined` if it contains anything else. */
function parseList(list: string): string[] | undefined {
  // What is no JSON has references, or quotes that CDKTF does not escape. Only Terraform can evaluate it.
  const items = parseJson(list);
  return Array.isArray(items) && items.every((item) => typeof item === "string") ? items : undefined;
}
