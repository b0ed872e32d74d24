import { describe, expect, test } from "@jest/globals";
import { decode, encode, ExtData } from "@msgpack/msgpack";
import fc from "fast-check";
import { UNKNOWN, type AttributePath, type Type } from "../../../src/plugin";
import { decodeValue } from "../../../src/plugin/values";
import { decodeMsgpack, encodeMsgpack, decodeJson } from "../../../src/plugin/dynamic-value";
import { ValueError } from "../../../src/plugin/diagnostic";
import { mapKey, typedValue } from "./support/typed-value";

describe("MessagePack", () => {
  test("returns the written value, for every type and value", () => {
    fc.assert(
      fc.property(typedValue, ({ type, value }) => {
        expect(decodeMsgpack(encodeMsgpack(value, type), type)).toEqual(value);
      }),
    );
  });

  test("writes equal values with equal bytes, in any order of a map", () => {
    fc.assert(
      fc.property(fc.uniqueArray(mapKey, { maxLength: 8 }), (keys) => {
        const type = { map: "string" } as const;
        const write = (order: readonly string[]) =>
          encodeMsgpack(new Map(order.map((key) => [key, "x"])), type);
        expect(write(keys.toReversed())).toEqual(write(keys));
      }),
    );
  });

  test("writes lengths in the shortest form, as other writers do", () => {
    for (const length of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      const items = new Array<string>(length).fill("x");
      const map = Object.fromEntries(items.map((item, index) => [`key ${index}`, item]));
      const wire: readonly [Uint8Array, Uint8Array][] = [
        [encodeMsgpack("x".repeat(length), "string"), encode("x".repeat(length))],
        [encodeMsgpack(items, { list: "string" }), encode(items)],
        [encodeMsgpack(new Map(Object.entries(map)), { map: "string" }), encode(map, { sortKeys: true })],
      ];
      for (const [ours, theirs] of wire) expect(Buffer.compare(ours, theirs)).toBe(0);
    }
  });

  test("treats __proto__ as an ordinary key, in both directions", () => {
    const bytes = encodeMsgpack(new Map([["__proto__", "x"]]), { map: "string" });
    expect([...bytes]).toEqual([0x81, 0xa9, ...Buffer.from("__proto__"), 0xa1, 0x78]);
    expect(decodeMsgpack(bytes, { map: "string" })).toEqual(new Map([["__proto__", "x"]]));
  });

  test("writes unknown values as Terraform reads them, and reads refined ones too", () => {
    expect([...encodeMsgpack(UNKNOWN, "string")]).toEqual([0xd4, 0, 0]);
    const refined = encode(new ExtData(12, encode({ 1: false })));
    expect(decodeMsgpack(refined, "string")).toBe(UNKNOWN);
  });

  test("reads an absent attribute as null and drops an additional one", () => {
    const type = { object: { here: "string", absent: "string" } } as const;
    expect(decodeMsgpack(encode({ here: "x", foreign: 1 }), type)).toEqual({ here: "x", absent: null });
  });

  test("handles 100,000 entries", () => {
    const map = new Map(Array.from({ length: 100_000 }, (_, n) => [`user-${n}`, `Label ${n}`]));
    const decoded = decodeMsgpack(encodeMsgpack(map, { map: "string" }), { map: "string" }) as typeof map;
    expect(decoded.size).toBe(100_000);
    expect([...map].filter(([key, value]) => decoded.get(key) !== value)).toEqual([]);
  });
});

describe("numbers", () => {
  test.each<{ readonly what: string; readonly raw: unknown; readonly number: number }>([
    { what: "a small one", raw: 5, number: 5 },
    { what: "a negative one", raw: -5, number: -5 },
    { what: "a 64-bit integer within a double", raw: 9007199254740991n, number: 9007199254740991 },
    { what: "a float", raw: 0.5, number: 0.5 },
    { what: "decimal text", raw: "0.1", number: 0.1 },
    { what: "decimal text with a small exponent", raw: "0.0000001", number: 1e-7 },
    { what: "whole-number text", raw: "9007199254740991", number: 9007199254740991 },
  ])("reads $what", ({ raw, number }) => {
    expect(decodeMsgpack(encode(raw, { useBigInt64: true }), "number")).toBe(number);
  });

  test.each<[string, unknown]>([
    ["a 64-bit integer", 9007199254740993n],
    ["a power of two past 2^53", 2 ** 60],
    ["whole-number text", "100000000000000000000000000000001"],
  ])("refuses %s, which a double would change", (_, raw) => {
    expect(() => decodeMsgpack(encode(raw, { useBigInt64: true }), "number")).toThrow("more digits");
  });

  test.each([0.1, 100, -5, 9007199254740991])(
    "sends %d as text, which Terraform's decimals keep as it is",
    (number) => {
      expect(decode(encodeMsgpack(number, "number"))).toBe(String(number));
    },
  );

  test.each(["five", "", "0x10", "1_000", " 1"])("refuses the text %j, which is not a number", (text) => {
    expect(() => decodeMsgpack(encode(text), "number")).toThrow(ValueError);
  });

  test("refuses to send a value that is not a number", () => {
    expect(() => encodeMsgpack(Number.NaN, "number")).toThrow(ValueError);
  });
});

describe("errors", () => {
  const type: Type = { object: { users: { map: { object: { tags: { list: "string" } } } } } };

  test("contain the path of the element that does not fit", () => {
    const bytes = encode({ users: { ann: { tags: ["a", 5] } } });
    expect(failure(() => decodeMsgpack(bytes, type))).toEqual({
      message: "expected a string, got a number",
      path: [{ attribute: "users" }, { key: "ann" }, { attribute: "tags" }, { index: 1 }],
    });
  });

  test("contain the path in the provider's values, too", () => {
    const value = { users: new Map([["ann", { tags: [undefined] }]]) };
    expect(failure(() => encodeMsgpack(value, type))).toEqual({
      message:
        "the provider gave nothing where a string belongs; this is a bug in the provider, please report it",
      path: [{ attribute: "users" }, { key: "ann" }, { attribute: "tags" }, { index: 0 }],
    });
  });

  test("refuse an attribute that the schema does not have", () => {
    expect(() => encodeMsgpack({ users: null, more: 1 }, type)).toThrow(
      'an attribute "more" that the schema does not have',
    );
  });

  test("never show the value", () => {
    expect(failure(() => decodeMsgpack(encode("hunter2"), "bool")).message).not.toContain("hunter2");
  });

  test.each<{ readonly wanted: Type; readonly raw: unknown; readonly message: string }>([
    { wanted: "string", raw: 1, message: "expected a string, got a number" },
    { wanted: "number", raw: true, message: "expected a number, got a bool" },
    { wanted: "bool", raw: "true", message: "expected a bool, got a string" },
    { wanted: { list: "string" }, raw: {}, message: "expected a list of string, got a map" },
    { wanted: { set: "number" }, raw: "x", message: "expected a set of number, got a string" },
    { wanted: { map: "bool" }, raw: [], message: "expected a map of bool, got a list" },
    { wanted: { object: { a: "string" } }, raw: [], message: "expected an object, got a list" },
  ])("say what was expected and what came: $message", ({ wanted, raw, message }) => {
    expect(failure(() => decodeMsgpack(encode(raw), wanted)).message).toBe(message);
  });
});

describe("JSON", () => {
  test("reads a state's values by type, including __proto__", () => {
    const json = decodeJson(Buffer.from('{"users":{"__proto__":"a","10":"b"},"limit":5,"gone":1}'));
    const type = { object: { users: { map: "string" }, limit: "number", new: "bool" } } as const;
    expect(decodeValue(json, type)).toEqual({
      users: new Map([
        ["__proto__", "a"],
        ["10", "b"],
      ]),
      limit: 5,
      new: null,
    });
  });
});

/** The error of a conversion. */
function failure(convert: () => unknown): { readonly message: string; readonly path: AttributePath } {
  try {
    convert();
  } catch (thrown) {
    if (thrown instanceof ValueError) return { message: thrown.message, path: thrown.path };
    throw thrown;
  }
  throw new Error("it was expected to throw");
}
