import { gunzipSync, gzipSync } from "node:zlib";

/** Linux takes at most 128 KiB in one variable, its name and the sign between included (source: `MAX_ARG_STRLEN`). */
export const PIECE_LENGTH = 120_000;

/** Pieces for one text. Twice as many, beside an ordinary environment, stay below Linux's 2 MiB for all variables. */
export const PIECES = 6;

/**
 * The longest compressed text that a stack may hand over, in characters. Less than the pieces hold, because Terraform's
 * own compression, of the set as it was, gives a little more than ours.
 */
export const LARGEST_TEXT = 0.95 * PIECES * PIECE_LENGTH;

/** Gzip and base64, as Terraform's `base64gzip` does. */
export function compress(text: string): string {
  return gzipSync(text, { level: 9 }).toString("base64");
}

/** @throws Error where it is not what `compress` or `base64gzip` made, such as where an end was cut off */
export function decompress(compressed: string): string {
  return gunzipSync(Buffer.from(compressed, "base64")).toString("utf8");
}

/** Cuts a compressed text into `PIECES` pieces; the last ones are empty where it is short. */
export function split(compressed: string): string[] {
  return Array.from({ length: PIECES }, (_, index) =>
    compressed.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}
