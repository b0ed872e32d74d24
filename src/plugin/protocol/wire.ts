/**
 * What is said at a field's head of where its value ends: at the last byte of a varint, after as many bytes as a varint
 * says (a run), or after 4 or 8.
 */
export const WIRE = { varint: 0, eightBytes: 1, run: 2, fourBytes: 5 } as const;

/** Bytes that are no message. */
export class WireError extends Error {
  constructor(why: string) {
    super(`The message is malformed: ${why}.`);
    this.name = "WireError";
  }
}
