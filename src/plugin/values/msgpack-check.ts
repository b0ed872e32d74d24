import { isUtf8 } from "node:buffer";
import { ValueError } from "./value-error";

/** Deeper than any type that a schema can write down with sense; a document nested deeper is an attack or a mistake. */
const MAX_DEPTH = 64;

/** How many bytes follow the first one of a value without parts, by that first byte. */
const PLAIN: Readonly<Partial<Record<number, number>>> = {
  ...{ 0xc0: 0, 0xc2: 0, 0xc3: 0, 0xca: 4, 0xcb: 8 },
  ...{ 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8 },
};

/** What has a length of its own: how many bytes the length takes, by the first byte. */
const STRINGS: Readonly<Partial<Record<number, number>>> = { 0xd9: 1, 0xda: 2, 0xdb: 4 };
const ARRAYS: Readonly<Partial<Record<number, number>>> = { 0xdc: 2, 0xdd: 4 };
const MAPS: Readonly<Partial<Record<number, number>>> = { 0xde: 2, 0xdf: 4 };
const EXTENSIONS: Readonly<Partial<Record<number, number>>> = { 0xc7: 1, 0xc8: 2, 0xc9: 4 };
const FIXED_EXTENSIONS: Readonly<Partial<Record<number, number>>> = {
  ...{ 0xd4: 1, 0xd5: 2, 0xd6: 4, 0xd7: 8, 0xd8: 16 },
};

/** An array or map that is being walked through: how many of its parts are to come. */
interface Open {
  left: number;
  readonly isMap: boolean;
}

/**
 * Walks through a MessagePack document without making anything of it, so that one which lies about its lengths costs no
 * memory, and one that holds what Terraform never writes is not read as something else.
 *
 * @param extensions the extension types that may stand in it
 * @throws ValueError where it is no document that Terraform writes
 */
export function checkMsgpack(bytes: Uint8Array, extensions: readonly number[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: Open[] = [];
  let position = 0;
  const take = (length: number): number => {
    const start = position;
    if (length > bytes.length - start) refuse("it ends too early");
    position += length;
    return start;
  };
  const number = (width: number): number => {
    const at = take(width);
    return width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
  };
  const text = (length: number): void => {
    const start = take(length);
    if (!isUtf8(bytes.subarray(start, start + length))) refuse("it holds text that is not UTF-8");
  };
  const parts = (count: number, isMap: boolean): void => {
    const left = isMap ? 2 * count : count;
    if (left > bytes.length - position) refuse("it ends too early");
    if (open.length === MAX_DEPTH) refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    open.push({ left, isMap });
  };
  const extension = (length: number): void => {
    const type = view.getInt8(take(1));
    if (!extensions.includes(type)) refuse(`it holds a value of the foreign extension type ${type}`);
    take(length);
  };
  const value = (first: number, isKey: boolean): void => {
    const isString = (first & 0xe0) === 0xa0 || first in STRINGS;
    if (isKey && !isString) refuse("a key of a map is not text");
    if (isString) text((first & 0xe0) === 0xa0 ? first & 0x1f : number(STRINGS[first] ?? 0));
    else if (first <= 0x7f || first >= 0xe0) return;
    else if ((first & 0xf0) === 0x80) parts(first & 0x0f, true);
    else if ((first & 0xf0) === 0x90) parts(first & 0x0f, false);
    else if (first in PLAIN) take(PLAIN[first] ?? 0);
    else if (first in MAPS) parts(number(MAPS[first] ?? 0), true);
    else if (first in ARRAYS) parts(number(ARRAYS[first] ?? 0), false);
    else if (first in FIXED_EXTENSIONS) extension(FIXED_EXTENSIONS[first] ?? 0);
    else if (first in EXTENSIONS) extension(number(EXTENSIONS[first] ?? 0));
    else refuse(`it holds a value of a foreign kind (0x${first.toString(16)})`);
  };

  do {
    const around = open.at(-1);
    const isKey = around?.isMap === true && around.left % 2 === 0;
    if (around) around.left -= 1;
    value(view.getUint8(take(1)), isKey);
    while (open.at(-1)?.left === 0) open.pop();
  } while (open.length > 0);
  if (position < bytes.length) refuse("something follows after its end");
}

function refuse(why: string): never {
  throw new ValueError(`the document is not one that Terraform writes: ${why}`, []);
}
