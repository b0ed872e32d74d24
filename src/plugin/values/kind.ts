import { UNKNOWN, type Type } from "../types";

/** What a type is called in a message, such as "a map of string". */
export function nameOfType(type: Type): string {
  if (type === "string" || type === "number" || type === "bool") return `a ${type}`;
  if ("list" in type) return `a list of ${bareName(type.list)}`;
  if ("set" in type) return `a set of ${bareName(type.set)}`;
  if ("map" in type) return `a map of ${bareName(type.map)}`;
  return "an object";
}

/** What kind of value this is, for a message that must not show the value itself. */
export function nameOfKind(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value === UNKNOWN) return "an unknown value";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Map) return "a map";
  if (typeof value === "boolean") return "a bool";
  if (typeof value === "bigint") return "a number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function bareName(type: Type): string {
  return nameOfType(type).replace(/^an? /, "");
}
