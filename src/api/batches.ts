/**
 * How much of a URL the ids of one look-up may take, in characters. The usual limit of a web server for the whole
 * request
 * line is 8 KiB (nginx and Apache by default); the rest is left to host, path and proxies.
 */
const MAX_IDS_LENGTH = 6000;

/**
 * Cuts ids into runs that fit into a URL each. Fifty of a common length stay together; fifty long or non-Latin ones
 * may not.
 */
export function batches(ids: readonly string[]): readonly (readonly string[])[] {
  const runs: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const length = new URLSearchParams([["userIds[]", id]]).toString().length + 1;
    room -= length;
    if (room >= 0) runs.at(-1)?.push(id);
    else {
      runs.push([id]);
      room = MAX_IDS_LENGTH - length;
    }
  }
  return runs;
}
