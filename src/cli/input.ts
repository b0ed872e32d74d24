import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";

/**
 * Reads a text that a person names on the command line.
 *
 * @param file a path, or `-` for standard input
 * @throws Error with a sentence that names the file
 */
export async function readInput(file: string): Promise<string> {
  try {
    return await text(file === "-" ? process.stdin : createReadStream(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file === "-" ? "Standard input" : file} cannot be read: ${reason}`, { cause: error });
  }
}
