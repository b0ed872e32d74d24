import { crc32 } from "node:zlib";

/** PNG's text chunk: a keyword, a null byte, and a text. */
const TEXT = "tEXt";
const SIGNATURE_LENGTH = 8;

/** A PNG with a text under a keyword, after its header. */
export function withPngText(png: Buffer, keyword: string, text: string): Buffer {
  const [header] = chunksOf(png);
  if (header === undefined) throw new Error("A PNG begins with a header.");
  return Buffer.concat([
    png.subarray(0, header.end),
    chunkOf(`${keyword}\0${text}`),
    png.subarray(header.end),
  ]);
}

/** The text under a keyword; `undefined` if the PNG has none. */
export function pngText(png: Buffer, keyword: string): string | undefined {
  for (const { type, data } of chunksOf(png)) {
    const [name, text] = type === TEXT ? data.toString("latin1").split("\0") : [];
    if (name === keyword) return text;
  }
  return undefined;
}

function chunkOf(content: string): Buffer {
  const body = Buffer.from(TEXT + content, "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - TEXT.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function* chunksOf(png: Buffer): Iterable<{ type: string; data: Buffer; end: number }> {
  for (let at = SIGNATURE_LENGTH; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    const end = at + 12 + length;
    yield { type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length), end };
    at = end;
  }
}
