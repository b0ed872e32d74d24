import { STATUS, StatusError } from "./status";

/** Before each message: one byte that says whether it is compressed, and four for its length. */
const HEAD = 5;

/** The largest message that Terraform's own gRPC sends (go-plugin), and that Protocol Buffers allow. */
const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

/** What travels before a message of this length, in bytes. */
export function frameHead(length: number): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(length, 1);
  return head;
}

/** Puts messages together from what arrives, in whatever pieces it does. */
export class MessageAssembler {
  #pieces: Buffer[] = [];
  #held = 0;

  /** Whether a part of a message has arrived. */
  get isWithinMessage(): boolean {
    return this.#held > 0;
  }

  /**
   * Takes what has arrived and gives the messages that are whole now.
   *
   * @throws StatusError where one is compressed, or too large
   */
  push(piece: Buffer): Buffer[] {
    this.#pieces.push(piece);
    this.#held += piece.length;
    const messages: Buffer[] = [];
    for (let length = this.#nextLength(); length !== undefined; length = this.#nextLength()) {
      if (this.#held < HEAD + length) break;
      const whole = this.#join();
      messages.push(whole.subarray(HEAD, HEAD + length));
      const rest = whole.subarray(HEAD + length);
      this.#pieces = [rest];
      this.#held = rest.length;
    }
    return messages;
  }

  /** The length of the next message, once enough of it is there to say. */
  #nextLength(): number | undefined {
    if (this.#held < HEAD) return undefined;
    const [first] = this.#pieces;
    const head = first && first.length >= HEAD ? first : this.#join();
    if (head.readUInt8(0) !== 0) {
      throw new StatusError(STATUS.unimplemented, "The message is compressed, which nobody offered.");
    }
    const length = head.readUInt32BE(1);
    if (length > MAX_MESSAGE_BYTES) {
      throw new StatusError(
        STATUS.resourceExhausted,
        `The message is larger than ${MAX_MESSAGE_BYTES} bytes.`,
      );
    }
    return length;
  }

  #join(): Buffer {
    const whole = Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [whole];
    return whole;
  }
}
