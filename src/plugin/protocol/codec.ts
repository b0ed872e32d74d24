import { MESSAGES, type Field, type Message, type MessageName } from "./messages";
import { WIRE, WireError } from "./wire";
import { WireReader } from "./wire-reader";
import { WireWriter } from "./wire-writer";

/**
 * Turns a message into bytes of Protocol Buffers and back, by its description alone: a general library takes longer to
 * load and to compile the messages than all else of a provider's start.
 */
export interface MessageCodec<N extends MessageName> {
  encode(message: Message<N>): Buffer;
  /**
   * Fields that are not described are skipped. Bytes are views of what is given.
   *
   * @throws WireError where it is no such message
   */
  decode(bytes: Uint8Array): Message<N>;
}

/** The codec of a message. */
export function codecOf<N extends MessageName>(name: N): MessageCodec<N> {
  return {
    encode: (message) => write(MESSAGES[name], message).finish(),
    decode: (bytes) => read(MESSAGES[name], bytes) as Message<N>,
  };
}

type Description = Readonly<Record<string, Field>>;
type Fields = Readonly<Record<string, unknown>>;

function write(description: Description, message: Fields): WireWriter {
  const writer = new WireWriter();
  for (const [name, [id, type, rule]] of Object.entries(description)) {
    const value = message[name];
    if (value === undefined) continue;
    for (const item of rule === "list" ? (value as readonly unknown[]) : [value]) {
      if (rule === "map") writeEntries(writer, id, type, item as Fields);
      else writeValue(writer, id, type, item);
    }
  }
  return writer;
}

function writeEntries(writer: WireWriter, id: number, type: string, entries: Fields): void {
  for (const [key, value] of Object.entries(entries)) {
    writer.message(id, write(entryOf(type), { key, value }));
  }
}

function writeValue(writer: WireWriter, id: number, type: string, value: unknown): void {
  if (isMessage(type)) writer.message(id, write(MESSAGES[type], value as Fields));
  else if (type === "bytes") writer.run(id, value as Uint8Array);
  else if (type === "string") writer.run(id, Buffer.from(value as string));
  else writer.varint(id, BigInt(value as number | boolean));
}

function read(description: Description, bytes: Uint8Array): Fields {
  const fields = new Map(Object.entries(description).map(([name, field]) => [field[0], { name, field }]));
  const message: Record<string, unknown> = {};
  for (const reader = new WireReader(bytes); !reader.atEnd;) {
    const { id, wire } = reader.head();
    const described = fields.get(id);
    if (!described) {
      reader.skip(wire);
      continue;
    }
    const { name, field } = described;
    const [, type, rule] = field;
    if (wire !== wireOf(type)) throw new WireError(`${name} is not written as ${type}`);
    if (rule === "list") message[name] = [...((message[name] ?? []) as unknown[]), readValue(reader, type)];
    else if (rule === "map")
      message[name] = { ...(message[name] as Fields | undefined), ...readEntry(reader, type) };
    else message[name] = readValue(reader, type);
  }
  return message;
}

function readEntry(reader: WireReader, type: string): Fields {
  const { key = "", value } = read(entryOf(type), reader.run());
  return { [key as string]: value };
}

function readValue(reader: WireReader, type: string): unknown {
  if (isMessage(type)) return read(MESSAGES[type], reader.run());
  if (type === "bytes") return reader.run();
  if (type === "string") return reader.text();
  if (type === "bool") return reader.varint() !== 0n;
  return Number(BigInt.asIntN(type === "int32" ? 32 : 64, reader.varint()));
}

/** An entry of a map is written as a message of two fields. */
function entryOf(type: string): Description {
  return { key: [1, "string"], value: [2, type] };
}

function isMessage(type: string): type is MessageName {
  return Object.hasOwn(MESSAGES, type);
}

function wireOf(type: string): number {
  return type === "bytes" || type === "string" || isMessage(type) ? WIRE.run : WIRE.varint;
}
