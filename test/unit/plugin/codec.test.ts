import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Root } from "protobufjs/light";
import { codecOf, MalformedMessage } from "../../../src/plugin/codec";
import { MESSAGES, type Field, type MessageName } from "../../../src/plugin/protocol-messages";

type Description = Readonly<Record<string, Field>>;

/** The edition in which zero and empty values are written if they are set: Terraform must receive index 0. */
const EDITION = "2023";

/** A general Protocol Buffers library, with the same messages. */
const library = Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries<Description>(MESSAGES).map(([name, fields]) => [
      name,
      { edition: EDITION, fields: Object.fromEntries(Object.entries(fields).map(fieldOfLibrary)) },
    ]),
  ),
});

function fieldOfLibrary([name, [id, type, rule]]: [string, Field]): [string, { id: number; type: string }] {
  const list = rule === "list" && { rule: "repeated" };
  const map = rule === "map" && { keyType: "string" };
  return [name, { id, type, ...list, ...map }];
}

function writtenByLibrary(name: string, message: object): Uint8Array {
  const type = library.lookupType(name);
  return type.encode(type.fromObject(message)).finish();
}

function readByLibrary(name: string, bytes: Uint8Array): object {
  const type = library.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: Number });
}

const names = Object.keys(MESSAGES) as MessageName[];
const anyMessage = fc
  .constantFrom(...names)
  .chain((name) => messageOf(name).map((message) => ({ name, message })));

/** @param around the names of the messages in which it is; each is within itself at most twice */
function messageOf(name: MessageName, around: readonly string[] = []): fc.Arbitrary<object> {
  const isTooDeep = (type: string) => around.filter((each) => each === type).length > 1;
  const fields = Object.entries<Field>(MESSAGES[name])
    .filter(([, [, type]]) => !isTooDeep(type))
    .map(([field, type]) => [field, valueOf(type, [...around, name])] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [], noNullPrototype: true });
}

function valueOf([, type, rule]: Field, around: readonly string[]): fc.Arbitrary<unknown> {
  const single = Object.hasOwn(MESSAGES, type) ? messageOf(type as MessageName, around) : scalarOf(type);
  if (rule === "list") return fc.array(single, { minLength: 1, maxLength: 3 });
  if (rule === "map")
    return fc.dictionary(fc.string(), single, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  return single;
}

function scalarOf(type: string): fc.Arbitrary<unknown> {
  if (type === "string") return fc.string({ unit: "grapheme", maxLength: 200 });
  if (type === "bytes") return fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  if (type === "bool") return fc.boolean();
  return type === "int32" ? fc.integer() : fc.maxSafeInteger();
}

test("a general library reads each message that the codec writes as it was", () => {
  fc.assert(
    fc.property(anyMessage, ({ name, message }) => {
      expect(readByLibrary(name, codecOf(name).encode(message))).toEqual(message);
    }),
  );
});

test("each message that a general library writes is read as the library reads it", () => {
  fc.assert(
    fc.property(anyMessage, ({ name, message }) => {
      const bytes = writtenByLibrary(name, message);
      expect(codecOf(name).decode(bytes)).toEqual(readByLibrary(name, bytes));
    }),
  );
});

test("any bytes are read as a message, or refused as malformed", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.uint8Array({ maxLength: 40 }), (name, bytes) => {
      try {
        expect(codecOf(name).decode(bytes)).toEqual(expect.any(Object));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MalformedMessage);
      }
    }),
  );
});

test("a message that is cut within a field is refused", () => {
  const bytes = codecOf("ConfigureProviderRequest").encode({
    terraformVersion: "1.11.4",
    config: { msgpack: Buffer.alloc(300, 1) },
  });
  const decodeFirst = (length: number) =>
    codecOf("ConfigureProviderRequest").decode(bytes.subarray(0, length));
  // Cut before or after the version, it is a shorter message.
  expect(decodeFirst(0)).toEqual({});
  expect(decodeFirst(8)).toEqual({ terraformVersion: "1.11.4" });
  const cuts = Array.from(bytes, (_, length) => length).filter((length) => length !== 0 && length !== 8);
  for (const length of cuts) expect(() => decodeFirst(length)).toThrow("premature EOF");
});

test("unknown fields of every wire type are skipped", () => {
  // Field 1023 five times: a varint, eight bytes, a text, a group with a varint, and four bytes.
  const foreign = Buffer.from("f83f9601f93f0102030405060708fa3f03616263fb3f0801fc3ffd3f01020304", "hex");
  const known = codecOf("TypeName").encode({ typeName: "x" });
  expect(codecOf("TypeName").decode(Buffer.concat([foreign, known]))).toEqual({ typeName: "x" });
});

test.each([
  { what: "a text written as a number", hex: "0801", says: "typeName is not written as string" },
  { what: "a text written as four bytes", hex: "0d01020304", says: "typeName is not written as string" },
  { what: "a length of too many bytes", hex: "0affffffffffffffffffff01", says: "invalid varint" },
  { what: "a text that is not UTF-8", hex: "0a02c328", says: "not valid for encoding utf-8" },
  { what: "an unknown group without an end", hex: "13", says: "premature EOF" },
  { what: "a wire type that does not exist", hex: "17", says: "wire type 7" },
])("$what is refused", ({ hex, says }) => {
  expect(() => codecOf("TypeName").decode(Buffer.from(hex, "hex"))).toThrow(says);
});

test("the first index of a list is written, although it is zero", () => {
  const step = codecOf("AttributePathStep").encode({ elementKeyInt: 0 });
  expect(codecOf("AttributePathStep").decode(step)).toEqual({ elementKeyInt: 0 });
});
