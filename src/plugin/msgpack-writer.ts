/** Enough for a small document, in bytes; a larger one doubles it as often as needed. */
const FIRST_SIZE = 4096;

/** The number of values in one byte, and in two; what does not fit takes four bytes. */
const ONE_BYTE = 2 ** 8;
const TWO_BYTES = 2 ** 16;

/**
 * Writes a MessagePack document value by value, each in its shortest form.
 *
 * By hand, because of the memory that a large set takes: with the library that reads documents as the writer too, the
 * process that applies 100,000 users took 297 to 303 MB at most; the target is 300 MB. The library grows its buffer by
 * four times and needs a sorted copy of each map; this writer needs no copy.
 */
export class MsgpackWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #length = 0;

  /** The document, as a view: nothing may be written after it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  null(): void {
    this.#byte(0xc0);
  }

  bool(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    if (length < 0x20) this.#byte(0xa0 | length);
    else if (length < ONE_BYTE) this.#head(0xd9, 1, length);
    else this.#longHead(0xda, length);
    const start = this.#take(length);
    this.#bytes.write(value, start, "utf8");
  }

  /** Starts an array. The caller writes that many elements next. */
  array(length: number): void {
    if (length < 0x10) this.#byte(0x90 | length);
    else this.#longHead(0xdc, length);
  }

  /** Starts a map. The caller writes that many entries next, each a text and a value. */
  map(size: number): void {
    if (size < 0x10) this.#byte(0x80 | size);
    else this.#longHead(0xde, size);
  }

  /** Writes a value of an extension type with one byte, which is zero. */
  emptyExtension(type: number): void {
    this.#byte(0xd4);
    this.#byte(type);
    this.#byte(0);
  }

  /** @param first the first byte if the length takes two bytes; the next value means that it takes four */
  #longHead(first: number, length: number): void {
    if (length < TWO_BYTES) this.#head(first, 2, length);
    else this.#head(first + 1, 4, length);
  }

  #head(first: number, width: number, value: number): void {
    this.#byte(first);
    const start = this.#take(width);
    this.#bytes.writeUIntBE(value, start, width);
  }

  #byte(value: number): void {
    const start = this.#take(1);
    this.#bytes[start] = value;
  }

  /** Reserves some bytes, and returns where they begin. */
  #take(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    return start;
  }
}
