import fc from "fast-check";
import { UNKNOWN, type Type } from "../../../../src/plugin";

/** A type and a value of it. */
export interface TypedValue {
  readonly type: Type;
  readonly value: unknown;
}

/** Types of any shape, with known, null and unknown values at every depth, and keys with a meaning in JavaScript. */
export const typedValue: fc.Arbitrary<TypedValue> = typeOf(3).chain((type) =>
  valueOf(type).map((value) => ({ type, value })),
);

/** Keys of maps: any text, and names of properties of JavaScript's objects. */
export const mapKey: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "0", "4294967295", ""),
);

/** Numbers that both Terraform and JavaScript represent exactly. */
const number: fc.Arbitrary<number> = fc
  .oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
  .map((value) => (value === 0 ? 0 : value));

function typeOf(depth: number): fc.Arbitrary<Type> {
  const scalar = fc.constantFrom<Type>("string", "number", "bool");
  if (depth === 0) return scalar;
  const inner = typeOf(depth - 1);
  const attributes = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), inner, {
    maxKeys: 4,
    noNullPrototype: true,
  });
  return fc.oneof(
    scalar,
    inner.map((list) => ({ list })),
    inner.map((set) => ({ set })),
    inner.map((map) => ({ map })),
    attributes.map((object) => ({ object })),
  );
}

function valueOf(type: Type): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: known(type), weight: 8 }, fc.constant(null), fc.constant(UNKNOWN));
}

function known(type: Type): fc.Arbitrary<unknown> {
  if (type === "string") return fc.string({ unit: "grapheme" });
  if (type === "number") return number;
  if (type === "bool") return fc.boolean();
  if ("list" in type) return fc.array(valueOf(type.list), { maxLength: 5 });
  if ("set" in type) return fc.array(valueOf(type.set), { maxLength: 5 });
  if ("map" in type) {
    return fc.array(fc.tuple(mapKey, valueOf(type.map)), { maxLength: 5 }).map((entries) => new Map(entries));
  }
  const attributes = Object.entries(type.object).map(([name, attribute]) => [name, valueOf(attribute)]);
  return fc.record(Object.fromEntries(attributes) as Record<string, fc.Arbitrary<unknown>>, {
    noNullPrototype: true,
  });
}
