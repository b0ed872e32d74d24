import type { Type } from "./definition";

/** A type in Terraform's JSON notation, such as `["map","string"]`, as bytes. */
export function typeExpression(type: Type): Uint8Array {
  return Buffer.from(JSON.stringify(expressionOf(type)));
}

function expressionOf(type: Type): unknown {
  if (typeof type === "string") return type;
  if ("list" in type) return ["list", expressionOf(type.list)];
  if ("set" in type) return ["set", expressionOf(type.set)];
  if ("map" in type) return ["map", expressionOf(type.map)];
  return [
    "object",
    Object.fromEntries(Object.entries(type.object).map(([name, field]) => [name, expressionOf(field)])),
  ];
}
