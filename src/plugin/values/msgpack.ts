import { addExtension, Unpackr } from "msgpackr/unpack";
import { UNKNOWN, type Type } from "../types";
import { decodeValue } from "./decode";
import { encodeValue, UNKNOWN_EXTENSION } from "./encode";
import { checkMsgpack } from "./msgpack-check";
import { MsgpackWriter } from "./msgpack-writer";

/** The extension type by which Terraform writes a value that is not known, with what is known about it. */
const REFINED_UNKNOWN_EXTENSION = 12;

for (const type of [UNKNOWN_EXTENSION, REFINED_UNKNOWN_EXTENSION]) {
  addExtension({ type, unpack: () => UNKNOWN });
}

/**
 * Maps become `Map`s at once: no key has a meaning of its own, and none is sorted to the front for looking like a
 * number.
 */
const reader = new Unpackr({ mapsAsObjects: false });

/** The values of a MessagePack document. @throws ValueError where it is none, or one does not fit its type */
export function decodeMsgpack(bytes: Uint8Array, type: Type): unknown {
  checkMsgpack(bytes, [UNKNOWN_EXTENSION, REFINED_UNKNOWN_EXTENSION]);
  return decodeValue(reader.unpack(bytes), type);
}

/** A value as a MessagePack document, alike for like values. @throws ValueError where it does not fit its type */
export function encodeMsgpack(value: unknown, type: Type): Uint8Array {
  const writer = new MsgpackWriter();
  encodeValue(value, type, writer);
  return writer.finish();
}
