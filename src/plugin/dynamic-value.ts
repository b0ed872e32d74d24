import { isUtf8 } from "node:buffer";
import { addExtension, Unpackr } from "msgpackr/unpack";
import { UNKNOWN, type Model, type Schema, type Type } from "./definition";
import { ValueError } from "./diagnostic";
import type { ProtocolMessage } from "./protocol-messages";
import { MsgpackWriter } from "./msgpack-writer";
import { decodeValue, encodeValue, UNKNOWN_EXTENSION } from "./values";

/** The configuration, state or plan in a message, or null. @throws ValueError if it does not fit the schema */
export function decodeModel<S extends Schema>(
  schema: S,
  message: ProtocolMessage<"DynamicValue"> | undefined,
): Model<S> | null {
  const value = decodeDynamicValue(objectType(schema), message);
  if (value === UNKNOWN) throw new ValueError("the whole block is unknown", []);
  return value as Model<S> | null;
}

/** The state of an object in a state file. @throws ValueError if it does not fit the schema */
export function modelFromJson<S extends Schema>(schema: S, json: unknown): Model<S> | null {
  return decodeValue(json, objectType(schema)) as Model<S> | null;
}

/** The message for a configuration, state or plan. @throws ValueError if it does not fit the schema */
export function encodeModel<S extends Schema>(
  schema: S,
  model: Model<S> | null,
): ProtocolMessage<"DynamicValue"> {
  return { msgpack: encodeMsgpack(model, objectType(schema)) };
}

/** Terraform's proposed state, with the schema's defaults where the configuration sets nothing. */
export function withDefaults<S extends Schema>(
  schema: S,
  config: Model<S> | null,
  proposed: Model<S> | null,
): Model<S> | null {
  if (config === null || proposed === null) return proposed;
  const isSet = (name: keyof S["attributes"]): boolean => config[name] !== null;
  const defaults = Object.entries(schema.attributes)
    .filter(([name, attribute]) => attribute.default !== undefined && !isSet(name))
    .map(([name, attribute]) => [name, attribute.default]);
  return { ...proposed, ...(Object.fromEntries(defaults) as Partial<Model<S>>) };
}

/** @throws SyntaxError if the bytes are not a JSON document */
export function parseJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
}

/** The values of a MessagePack document. @throws ValueError if it is none, or if a value does not fit its type */
export function decodeMsgpack(bytes: Uint8Array, type: Type): unknown {
  checkMsgpack(bytes);
  return decodeValue(reader.unpack(bytes), type);
}

/** A value as a MessagePack document; equal values give equal bytes. @throws ValueError if it does not fit its type */
export function encodeMsgpack(value: unknown, type: Type): Uint8Array {
  const writer = new MsgpackWriter();
  encodeValue(value, type, writer);
  return writer.finish();
}

/** The extension types of an unknown value: without and with what is known about it. */
const UNKNOWN_EXTENSIONS = [UNKNOWN_EXTENSION, 12];

for (const type of UNKNOWN_EXTENSIONS) addExtension({ type, unpack: () => UNKNOWN });

/** Maps become `Map`s: no key has a special meaning, and keys that look like numbers keep their place. */
const reader = new Unpackr({ mapsAsObjects: false });

function objectType(schema: Schema): Type {
  return {
    object: Object.fromEntries(Object.entries(schema.attributes).map(([name, { type }]) => [name, type])),
  };
}

/** The value in a message, or null. @throws ValueError if it does not fit the type */
export function decodeDynamicValue(
  type: Type,
  message: ProtocolMessage<"DynamicValue"> | undefined,
): unknown {
  if (message?.msgpack?.length) return decodeMsgpack(message.msgpack, type);
  if (message?.json?.length) return decodeValue(parseJson(message.json), type);
  return null;
}

/** Deeper than any sensible schema. A deeper document is an attack or a mistake. */
const MAX_DEPTH = 64;

/** The number of bytes after the first byte, for values without elements. */
const PLAIN: Readonly<Partial<Record<number, number>>> = {
  ...{ 0xc0: 0, 0xc2: 0, 0xc3: 0, 0xca: 4, 0xcb: 8 },
  ...{ 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8 },
};

/** Values with an explicit length: the number of bytes of that length, by first byte. */
const STRINGS: Readonly<Partial<Record<number, number>>> = { 0xd9: 1, 0xda: 2, 0xdb: 4 };
const ARRAYS: Readonly<Partial<Record<number, number>>> = { 0xdc: 2, 0xdd: 4 };
const MAPS: Readonly<Partial<Record<number, number>>> = { 0xde: 2, 0xdf: 4 };
const EXTENSIONS: Readonly<Partial<Record<number, number>>> = { 0xc7: 1, 0xc8: 2, 0xc9: 4 };
const FIXED_EXTENSIONS: Readonly<Partial<Record<number, number>>> = {
  ...{ 0xd4: 1, 0xd5: 2, 0xd6: 4, 0xd7: 8, 0xd8: 16 },
};

/** An array or map around the current position, and the number of its elements still to come. */
interface Open {
  left: number;
  readonly isMap: boolean;
}

/**
 * Walks through a MessagePack document without building anything. The library that reads it next allocates memory by
 * the lengths in the document, and accepts kinds of values that Terraform never writes. Documents with such values, or
 * with lengths beyond their end, are refused here.
 *
 * @throws ValueError if Terraform would not write such a document
 */
function checkMsgpack(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: Open[] = [];
  let position = 0;
  const take = (length: number): number => {
    const start = position;
    if (length > bytes.length - start) refuse("it ends too early");
    position += length;
    return start;
  };
  const number = (width: number): number => {
    const at = take(width);
    return width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
  };
  const text = (length: number): void => {
    const start = take(length);
    if (!isUtf8(bytes.subarray(start, start + length))) refuse("it holds text that is not UTF-8");
  };
  const parts = (count: number, isMap: boolean): void => {
    const left = isMap ? 2 * count : count;
    if (left > bytes.length - position) refuse("it ends too early");
    if (open.length === MAX_DEPTH) refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    open.push({ left, isMap });
  };
  const extension = (length: number): void => {
    const type = view.getInt8(take(1));
    if (!UNKNOWN_EXTENSIONS.includes(type)) refuse(`it holds a value of the foreign extension type ${type}`);
    take(length);
  };
  const value = (first: number, isKey: boolean): void => {
    const isString = (first & 0xe0) === 0xa0 || first in STRINGS;
    if (isKey && !isString) refuse("a key of a map is not text");
    if (isString) text((first & 0xe0) === 0xa0 ? first & 0x1f : number(STRINGS[first] ?? 0));
    else if (first <= 0x7f || first >= 0xe0) return;
    else if ((first & 0xf0) === 0x80) parts(first & 0x0f, true);
    else if ((first & 0xf0) === 0x90) parts(first & 0x0f, false);
    else if (first in PLAIN) take(PLAIN[first] ?? 0);
    else if (first in MAPS) parts(number(MAPS[first] ?? 0), true);
    else if (first in ARRAYS) parts(number(ARRAYS[first] ?? 0), false);
    else if (first in FIXED_EXTENSIONS) extension(FIXED_EXTENSIONS[first] ?? 0);
    else if (first in EXTENSIONS) extension(number(EXTENSIONS[first] ?? 0));
    else refuse(`it holds a value of a foreign kind (0x${first.toString(16)})`);
  };

  do {
    const around = open.at(-1);
    const isKey = around?.isMap === true && around.left % 2 === 0;
    if (around) around.left -= 1;
    value(view.getUint8(take(1)), isKey);
    while (open.at(-1)?.left === 0) open.pop();
  } while (open.length > 0);
  if (position < bytes.length) refuse("something follows after its end");
}

function refuse(why: string): never {
  throw new ValueError(`the document is not one that Terraform writes: ${why}`, []);
}
