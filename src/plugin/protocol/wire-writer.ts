import { WIRE } from "./wire";

/** Collects a message of Protocol Buffers in pieces: what is large is copied once, however deep in it it stands. */
export class WireWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** The whole message. */
  finish(): Buffer {
    return Buffer.concat(this.#pieces, this.#length);
  }

  /** @param value an integer of 64 bits, signed or not */
  varint(id: number, value: bigint): void {
    this.#push(Uint8Array.of(...headOf(id, WIRE.varint), ...varintBytes(value)));
  }

  run(id: number, bytes: Uint8Array): void {
    this.#startRun(id, bytes.length);
    this.#push(bytes);
  }

  /** A message within this one. */
  message(id: number, within: WireWriter): void {
    this.#startRun(id, within.#length);
    for (const piece of within.#pieces) this.#push(piece);
  }

  #startRun(id: number, length: number): void {
    this.#push(Uint8Array.of(...headOf(id, WIRE.run), ...varintBytes(BigInt(length))));
  }

  #push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
}

function headOf(id: number, wire: number): number[] {
  return varintBytes(BigInt(id * 8 + wire));
}

function varintBytes(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}
