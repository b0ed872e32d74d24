import { Root, type INamespace, type Type } from "protobufjs/light";
import { MESSAGES, type Field, type Message, type MessageName } from "./messages";

/** Turns a message into bytes and back. */
export interface MessageCodec<N extends MessageName> {
  encode(message: Message<N>): Buffer;
  decode(bytes: Uint8Array): Message<N>;
}

/** The codec of a message; the first use of a message compiles it. */
export function codecOf<N extends MessageName>(name: N): MessageCodec<N> {
  let compiled: Type | undefined;
  const type = () => (compiled ??= root().lookupType(name));
  return {
    encode: (message) => {
      const { buffer, byteOffset, byteLength } = type().encode(message).finish();
      return Buffer.from(buffer, byteOffset, byteLength);
    },
    decode: (bytes) => type().toObject(type().decode(bytes), { longs: Number }) as Message<N>,
  };
}

let described: Root | undefined;

function root(): Root {
  described ??= Root.fromJSON({
    nested: Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, describe(fields)])),
  });
  return described;
}

function describe(fields: Readonly<Record<string, Field>>): INamespace & { fields: object } {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [id, type, rule]]) => [
        name,
        {
          id,
          type,
          ...(rule === "list" && { rule: "repeated" }),
          ...(rule === "map" && { keyType: "string" }),
        },
      ]),
    ),
  };
}
