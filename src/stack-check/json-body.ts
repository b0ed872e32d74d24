import { evaluate, type ObjectNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import { type Block, type Body, type Name, NotUnderstoodError, type BodyValue, type Token } from "./body";
import { codeIn, scanTemplate } from "./hcl-tokens";

/**
 * Reads a file in HCL's JSON syntax. Unlike `JSON.parse`, it refuses an object with two properties of one name, because HCL
 * reads both.
 *
 * @throws NotUnderstoodError
 */
export function parseHclJson(text: string): Body {
  let root: ValueNode;
  try {
    root = parse(text, { mode: "json" }).body;
  } catch (error) {
    const line = typeof error === "object" && error !== null && "line" in error ? error.line : undefined;
    throw new NotUnderstoodError("is not JSON", typeof line === "number" ? line : 1);
  }
  refuseRepeated(root);
  return bodyOf(objectsOf(root));
}

function refuseRepeated(node: ValueNode): void {
  if (node.type === "Array") for (const { value } of node.elements) refuseRepeated(value);
  if (node.type !== "Object") return;
  const seen = new Set<string>();
  for (const { name, line, value } of membersOf(node)) {
    if (seen.has(name)) throw new NotUnderstoodError(`declares ${name} twice`, line);
    seen.add(name);
    refuseRepeated(value);
  }
}

function membersOf({ members }: ObjectNode): (Name & { readonly value: ValueNode })[] {
  return members.map(({ name, value }) => ({
    name: name.type === "String" ? name.value : name.name,
    line: name.loc.start.line,
    value,
  }));
}

/** The objects of a body, which may be an array of objects. */
function objectsOf(node: ValueNode): ObjectNode[] {
  if (node.type === "Object") return [node];
  if (node.type === "Array") return node.elements.flatMap(({ value }) => objectsOf(value));
  if (node.type === "Null") return [];
  throw new NotUnderstoodError("contains a value where an object should be", node.loc.start.line);
}

function bodyOf(objects: readonly ObjectNode[]): Body {
  // HCL ignores this name in a body, as a comment.
  const members = objects.flatMap(membersOf).filter(({ name }) => name !== "//");
  return {
    names: members,
    get deepNames() {
      return objects.flatMap(deepNamesOf);
    },
    get code() {
      return objects.flatMap(codeOf);
    },
    attribute: (name) => {
      const [found, ...others] = members.filter((member) => member.name === name);
      if (others[0]) throw new NotUnderstoodError(`declares ${name} twice`, others[0].line);
      return found && valueOf(found);
    },
    blocks: (type, labels) =>
      members.flatMap(({ name, line, value }) => (name === type ? blocksOf(value, labels, [], line) : [])),
    ...(objects.length === 1 && objects[0] && { json: evaluate(objects[0]) }),
  };
}

function blocksOf(node: ValueNode, labels: number, found: readonly string[], line: number): Block[] {
  if (labels === found.length)
    return (node.type === "Array" ? node.elements.map(({ value }) => value) : [node]).flatMap((each) => {
      const objects = objectsOf(each);
      return objects.length > 0 ? [{ labels: found, line, body: bodyOf(objects) }] : [];
    });
  return objectsOf(node).flatMap((object) =>
    membersOf(object).flatMap((member) =>
      blocksOf(member.value, labels, [...found, member.name], member.line),
    ),
  );
}

function valueOf({ line, value }: { readonly line: number; readonly value: ValueNode }): BodyValue {
  if (value.type === "Object") return { line, entries: () => bodyOf([value]) };
  if (value.type !== "String") return { line };
  const text = value.value;
  return /[$%]\{/.test(text) ? { line, text } : { line, text, literal: text };
}

function deepNamesOf(node: ValueNode): Name[] {
  if (node.type === "Array") return node.elements.flatMap(({ value }) => deepNamesOf(value));
  if (node.type !== "Object") return [];
  return membersOf(node).flatMap(({ name, line, value }) => [{ name, line }, ...deepNamesOf(value)]);
}

/** The code in all strings, also in names, which may be keys of an object. */
function codeOf(node: ValueNode): (readonly Token[])[] {
  if (node.type === "String") return codeOfString(node.value, node.loc.start.line);
  if (node.type === "Array") return node.elements.flatMap(({ value }) => codeOf(value));
  if (node.type !== "Object") return [];
  return membersOf(node).flatMap(({ name, line, value }) => [...codeOfString(name, line), ...codeOf(value)]);
}

function codeOfString(text: string, line: number): (readonly Token[])[] {
  // A text without a call needs no certainty about its signs.
  if (!/[$%]\{[^]*\(/.test(text)) return [];
  try {
    return scanTemplate(text)
      .flatMap(codeIn)
      .map((tokens) => tokens.map((token) => ({ ...token, line })));
  } catch (error) {
    throw error instanceof NotUnderstoodError ? new NotUnderstoodError(error.message, line) : error;
  }
}
