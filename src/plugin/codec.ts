import { isNativeError } from "node:util/types";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { MESSAGES, type Field, type MessageName, type ProtocolMessage } from "./protocol-messages";

/**
 * Encodes and decodes a message as Protocol Buffers. Interprets the description of the message, because to
 * compile messages at run time takes longer than the rest of a provider's start.
 */
export interface MessageCodec<N extends MessageName> {
  encode(message: ProtocolMessage<N>): Uint8Array;
  /**
   * Skips fields that are not described. The result's byte fields are views of the input.
   *
   * @throws MalformedMessage if the bytes are not such a message
   */
  decode(bytes: Uint8Array): ProtocolMessage<N>;
}

export class MalformedMessage extends Error {
  /** @param cause the reader's error */
  constructor(cause: unknown) {
    const why = isNativeError(cause) ? cause.message : String(cause);
    super(`The message is malformed: ${why.replace(/\.$/, "")}.`, { cause });
    this.name = "MalformedMessage";
  }
}

export function codecOf<N extends MessageName>(name: N): MessageCodec<N> {
  return {
    encode: (message) => {
      const writer = new BinaryWriter();
      write(writer, MESSAGES[name], message);
      return writer.finish();
    },
    decode: (bytes) => {
      try {
        return read(MESSAGES[name], new BinaryReader(bytes)) as ProtocolMessage<N>;
      } catch (cause) {
        throw new MalformedMessage(cause);
      }
    },
  };
}

type Description = Readonly<Record<string, Field>>;
type Fields = Readonly<Record<string, unknown>>;

function write(writer: BinaryWriter, description: Description, message: Fields): void {
  for (const [name, [id, type, rule]] of Object.entries(description)) {
    const value = message[name];
    if (value === undefined) continue;
    for (const item of rule === "list" ? (value as readonly unknown[]) : [value]) {
      if (rule === "map") writeEntries(writer, id, type, item as Fields);
      else writeValue(writer.tag(id, wireTypeOf(type)), type, item);
    }
  }
}

function writeEntries(writer: BinaryWriter, id: number, type: string, entries: Fields): void {
  for (const [key, value] of Object.entries(entries)) {
    writer.tag(id, WireType.LengthDelimited).fork();
    write(writer, entryOf(type), { key, value });
    writer.join();
  }
}

function writeValue(writer: BinaryWriter, type: string, value: unknown): void {
  if (isMessage(type)) {
    writer.fork();
    write(writer, MESSAGES[type], value as Fields);
    writer.join();
  } else if (type === "bytes") writer.bytes(value as Uint8Array);
  else if (type === "string") writer.string(value as string);
  else if (type === "bool") writer.bool(value as boolean);
  else writer.int64(value as number);
}

function read(description: Description, reader: BinaryReader): Fields {
  const fields = new Map(Object.entries(description).map(([name, field]) => [field[0], { name, field }]));
  const message: Record<string, unknown> = {};
  while (reader.pos < reader.len) {
    const [id, wireType] = reader.tag();
    const described = fields.get(id);
    if (!described) {
      reader.skip(wireType, id);
      continue;
    }
    const { name, field } = described;
    const [, type, rule] = field;
    if (wireType !== wireTypeOf(type)) throw new Error(`${name} is not written as ${type}`);
    if (rule === "list") message[name] = [...((message[name] ?? []) as unknown[]), readValue(reader, type)];
    else if (rule === "map")
      message[name] = { ...(message[name] as Fields | undefined), ...readEntry(reader, type) };
    else message[name] = readValue(reader, type);
  }
  return message;
}

function readEntry(reader: BinaryReader, type: string): Fields {
  const { key = "", value } = read(entryOf(type), new BinaryReader(reader.bytes()));
  return { [key as string]: value };
}

function readValue(reader: BinaryReader, type: string): unknown {
  if (isMessage(type)) return read(MESSAGES[type], new BinaryReader(reader.bytes()));
  if (type === "bytes") return reader.bytes();
  if (type === "string") return reader.string(true);
  if (type === "bool") return reader.bool();
  return type === "int32" ? reader.int32() : Number(reader.int64());
}

/** An entry of a map is written as a message of two fields. */
function entryOf(type: string): Description {
  return { key: [1, "string"], value: [2, type] };
}

function isMessage(type: string): type is MessageName {
  return Object.hasOwn(MESSAGES, type);
}

function wireTypeOf(type: string): WireType {
  return type === "bytes" || type === "string" || isMessage(type)
    ? WireType.LengthDelimited
    : WireType.Varint;
}
