import { Packr } from "msgpackr/pack";
import { addExtension, Unpackr } from "msgpackr/unpack";
import { UNKNOWN, type Model, type Schema, type Type } from "./definition";
import { ValueError } from "./diagnostic";
import type { ProtocolMessage } from "./protocol-messages";
import { decodeValue, encodeValue } from "./values";

/**
 * The configuration, state or plan in a message, or null.
 *
 * @throws ValueError if it does not fit the schema
 */
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
export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
}

/**
 * The values of a MessagePack document.
 *
 * @throws ValueError if it is none, or if a value does not fit its type
 */
export function decodeMsgpack(bytes: Uint8Array, type: Type): unknown {
  return decodeValue(readDocument(bytes), type);
}

/**
 * A value as a MessagePack document; equal values give equal bytes.
 *
 * @throws ValueError if it does not fit its type
 */
export function encodeMsgpack(value: unknown, type: Type): Uint8Array {
  return writer.pack(encodeValue(value, type));
}

/** The extension types of an unknown value: without and with what is known about it. */
const UNKNOWN_EXTENSIONS = [0, 12];

for (const type of UNKNOWN_EXTENSIONS) addExtension({ type, unpack: () => UNKNOWN });

/** Maps become `Map`s: no key has a special meaning, and keys that look like numbers keep their place. */
const reader = new Unpackr({ mapsAsObjects: false });
const writer = new Packr({ mapsAsObjects: false });

function readDocument(bytes: Uint8Array): unknown {
  try {
    return reader.unpack(bytes);
  } catch {
    // The reader's own message may quote values.
    throw new ValueError("it is no MessagePack document that Terraform writes", []);
  }
}

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
  if (message?.json?.length) return decodeValue(decodeJson(message.json), type);
  return null;
}
