import type { Message } from "../protocol/messages";
import { UNKNOWN, type Model, type Schema, type Type } from "../types";
import { decodeValue } from "./decode";
import { parseJson } from "./json";
import { decodeMsgpack, encodeMsgpack } from "./msgpack";
import { ValueError } from "./value-error";

/** The configuration, state or plan that a message carries; null where there is none. @throws ValueError */
export function decodeModel<S extends Schema>(
  schema: S,
  message: Message<"DynamicValue"> | undefined,
): Model<S> | null {
  const value = decodeDynamicValue(objectType(schema), message);
  if (value === UNKNOWN) throw new ValueError("the whole block is unknown", []);
  return value as Model<S> | null;
}

/** The state that a state file's object holds. @throws ValueError where it does not fit the schema */
export function modelFromJson<S extends Schema>(schema: S, json: unknown): Model<S> | null {
  return decodeValue(json, objectType(schema)) as Model<S> | null;
}

/** The message that carries a configuration, state or plan. @throws ValueError where it does not fit the schema */
export function encodeModel<S extends Schema>(schema: S, model: Model<S> | null): Message<"DynamicValue"> {
  return { msgpack: encodeMsgpack(model, objectType(schema)) };
}

/** The type of a schema's values as a whole. */
export function objectType(schema: Schema): Type {
  return {
    object: Object.fromEntries(Object.entries(schema.attributes).map(([name, { type }]) => [name, type])),
  };
}

function decodeDynamicValue(type: Type, message: Message<"DynamicValue"> | undefined): unknown {
  if (message?.msgpack?.length) return decodeMsgpack(message.msgpack, type);
  if (message?.json?.length) return decodeValue(parseJson(message.json), type);
  return null;
}
