/** Every value of a JSON or YAML file follows one of these. */
const MARKS = new Set(Array.from("[{,:-?*\n\r", (mark) => mark.charCodeAt(0)));

/**
 * The most marks that a JSON or YAML file may hold. 100,000 users take half of it with an id and a label, and all of it with
 * two further properties. Its reader notes what it finds in 160 bytes each, 320 MB at the very worst.
 */
export const MAX_MARKS = 1_000_000;

/**
 * Counts what bounds the memory that reading a JSON or YAML file takes: at most two nodes or ends of nodes come with each
 * mark (measured over the shortest ways to write one).
 *
 * @returns whether there are more than `MAX_MARKS`
 */
export function hasTooManyMarks(text: string): boolean {
  let marks = 0;
  for (let at = 0; at < text.length && marks <= MAX_MARKS; at++) {
    if (MARKS.has(text.charCodeAt(at))) marks += 1;
  }
  return marks > MAX_MARKS;
}
