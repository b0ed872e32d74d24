import { isUtf8 } from "node:buffer";
import { WIRE, WireError } from "./wire";

/** Seven bits a byte, for 64 bits. */
const LONGEST_VARINT = 10;

/** Reads a message of Protocol Buffers from its beginning to its end. What is not there is a WireError. */
export class WireReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  /** A field's number, and how its value is written. */
  head(): { readonly id: number; readonly wire: number } {
    const head = Number(this.varint());
    return { id: Math.floor(head / 8), wire: head % 8 };
  }

  /** An integer of 64 bits, unsigned. */
  varint(): bigint {
    let value = 0n;
    for (let index = 0; index < LONGEST_VARINT; index++) {
      const [byte = 0] = this.#take(1);
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError("a number is too long");
  }

  /** Bytes with their length before them; a view of the message, not a copy. */
  run(): Buffer {
    return this.#take(Number(this.varint()));
  }

  /** A run that is text. */
  text(): string {
    const bytes = this.run();
    if (!isUtf8(bytes)) throw new WireError("a text is not UTF-8");
    return bytes.toString();
  }

  /** Passes by the value of a field. */
  skip(wire: number): void {
    if (wire === WIRE.varint) this.varint();
    else if (wire === WIRE.run) this.run();
    else if (wire === WIRE.eightBytes) this.#take(8);
    else if (wire === WIRE.fourBytes) this.#take(4);
    else throw new WireError(`a field is written in a way (${wire}) that nobody knows`);
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new WireError("it ends too early");
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }
}
