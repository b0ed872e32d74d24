import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** The folder of the pictures that the documents show. */
export const PICTURES = join(__dirname, "..", "..", "docs", "pictures");

/** Whether the tests write the pictures (`npm run pictures`) instead of comparing them. */
export const WRITES_PICTURES = process.env.UPDATE_PICTURES === "1";

/** The path of a picture that is about to be written. */
export function pathOfPicture(file: string): string {
  mkdirSync(PICTURES, { recursive: true });
  return join(PICTURES, file);
}
