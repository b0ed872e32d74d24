import { decode, encode, ExtData, ExtensionCodec, type DecoderOptions } from "@msgpack/msgpack";
import { UNKNOWN, type Type } from "../types";
import { decodeValue } from "./decode";
import { encodeValue } from "./encode";
import { checkMsgpack } from "./msgpack-check";

/** Extension types by which Terraform writes a value that is not known: plainly, or with what is known about it. */
const UNKNOWN_EXTENSION = 0;
const REFINED_UNKNOWN_EXTENSION = 12;

/**
 * Put before each key while decoding: the library builds plain objects, refuses `__proto__` there, and JavaScript would
 * sort keys that look like numbers to the front.
 */
const KEY_PREFIX = ".";

const extensionCodec = new ExtensionCodec();
for (const type of [UNKNOWN_EXTENSION, REFINED_UNKNOWN_EXTENSION]) {
  extensionCodec.register({ type, encode: () => null, decode: () => UNKNOWN });
}

const decoding: DecoderOptions = {
  extensionCodec,
  useBigInt64: true,
  keyDecoder: {
    canBeCached: () => true,
    decode: (bytes, offset, length) =>
      KEY_PREFIX +
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", offset, offset + length),
  },
};

/** The values of a MessagePack document. @throws ValueError where it is none, or one does not fit its type */
export function decodeMsgpack(bytes: Uint8Array, type: Type): unknown {
  checkMsgpack(bytes, [UNKNOWN_EXTENSION, REFINED_UNKNOWN_EXTENSION]);
  return decodeValue({ root: decode(bytes, decoding), keyPrefix: KEY_PREFIX }, type);
}

/** A value as a MessagePack document, alike for like values. @throws ValueError where it does not fit its type */
export function encodeMsgpack(value: unknown, type: Type): Uint8Array {
  const unknown = new ExtData(UNKNOWN_EXTENSION, new Uint8Array(1));
  return encode(encodeValue(value, type, unknown), { extensionCodec, sortKeys: true });
}
