import type { ITerraformIterator } from "cdktf";

/** What `each` stands for in one instance of a set; a set without `forEach` has one instance without either. */
export interface Instance {
  readonly key?: string;
  readonly value?: unknown;
}

/** `each.key`, `each.value.users`, `each.value["a b"].ids`: all that CDKTF's iterators make of an item. */
const EACH = String.raw`each\.(key|value)((?:\.[A-Za-z_][\w-]*|\["[^"\\]*"\])*)`;
const SOLE_EACH = new RegExp(`^${EACH}$`);
const EMBEDDED_EACH = new RegExp(String.raw`\$\{${EACH}\}`, "g");
/** How `Users.of` makes a map of a list token. */
const LIST_AS_MAP = /^\{ for key, val in toset\((.*)\): val => "" \}$/s;

/**
 * The instances that `forEach` makes.
 *
 * @param resolve gives what a value becomes in `cdk.tf.json`
 * @returns one without `each` where there is no iterator, or where only Terraform will know its items
 */
export function instancesOf(
  iterator: ITerraformIterator | undefined,
  resolve: (value: unknown) => unknown,
): Instance[] {
  const items = iterator && resolve(iterator._getForEachExpression());
  if (isRecord(items)) return Object.entries(items).map(([key, value]) => ({ key, value }));
  const list = typeof items === "string" ? /^\$\{toset\((\[.*\])\)\}$/s.exec(items)?.[1] : undefined;
  return list === undefined ? [{}] : (parseList(list)?.map((key) => ({ key, value: key })) ?? [{}]);
}

/**
 * The value of an expression in an instance, if it is an item's or a part of one; `undefined` where Terraform must
 * tell.
 */
export function valueIn(instance: Instance, expression: string): unknown {
  const source = LIST_AS_MAP.exec(expression)?.[1] ?? expression;
  const [, root, path] = SOLE_EACH.exec(source) ?? [];
  return root === undefined ? undefined : itemPart(instance, root, path ?? "");
}

/** A text with the instance's `${each.…}` filled in, as far as they are text. */
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

/** A list of strings as CDKTF writes it in an expression; `undefined` where it holds anything else. */
function parseList(list: string): string[] | undefined {
  try {
    const items: unknown = JSON.parse(list);
    return Array.isArray(items) && items.every((item) => typeof item === "string") ? items : undefined;
  } catch {
    // Not plain strings: references, or quotes that CDKTF leaves as they are. Terraform will know.
    return undefined;
  }
}
