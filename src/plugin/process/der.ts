/** The parts of DER (ITU-T X.690) that a certificate is written with: each function gives a whole element. */

/** The tags of the elements, with the bit that says whether there are elements within. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The class of tags whose meaning the context gives. */
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

/** Elements in the order given. */
export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, ...elements);
}

/** A set of one element, so that no order matters. */
export function setOf(only: Uint8Array): Buffer {
  return element(TAG.set, only);
}

/** True, the only boolean that is ever written: a false one is left out. */
export function yes(): Buffer {
  return element(TAG.boolean, Uint8Array.of(0xff));
}

/** An integer by its bytes, most significant first, in the shortest form; the first bit is the sign. */
export function integer(bytes: Uint8Array): Buffer {
  return element(TAG.integer, bytes);
}

/** @param unusedBits how many of the last byte's bits, from the lowest, do not count */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG.bitString, Uint8Array.of(unusedBits), bytes);
}

/** Bytes, often an element within another. */
export function octetString(bytes: Uint8Array): Buffer {
  return element(TAG.octetString, bytes);
}

/** A text, in UTF-8. */
export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text));
}

/** A moment to the second; for the years 1950 to 2049 only, as RFC 5280 wants it. */
export function utcTime(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/^\d\d|\.\d+|[-:T]/g, "");
  return element(TAG.utcTime, Buffer.from(digits));
}

/** @param dotted such as `2.5.29.17` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** Elements beneath a tag whose meaning the context gives. */
export function tagged(tag: number, ...elements: readonly Uint8Array[]): Buffer {
  return element(CONTEXT | CONSTRUCTED | tag, ...elements);
}

/** Bytes beneath a tag whose meaning the context gives. */
export function taggedBytes(tag: number, bytes: Uint8Array): Buffer {
  return element(CONTEXT | tag, bytes);
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tag, ...lengthOf(content.length)), content]);
}

/** A length below 128 is one byte; a longer one is preceded by how many bytes it takes. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = length <= 0xff ? [length] : [length >> 8, length & 0xff];
  return [0x80 | bytes.length, ...bytes];
}

/** Seven bits a byte, most significant first; all bytes but the last have the high bit set. */
function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return bytes;
}
