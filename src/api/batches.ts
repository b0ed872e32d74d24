/**
 * How much of a URL the ids of one look-up may take, in characters. The usual limit of a web server for the
 * whole request line is 8 KiB (nginx and Apache by default); the rest is left to host, path and proxies.
 */
const MAX_IDS_LENGTH = 6000;

/** What stands before each id: `userIds%5B%5D=`, and `&` between two. In characters. */
const NAME_LENGTH = 15;

/**
 * Cuts ids into runs that fit into a URL each. Fifty of a common length stay together; fifty long or non-Latin ones
 * may not.
 */
export function batches(ids: readonly string[]): readonly (readonly string[])[] {
  if (ids.length > 0 && surelyFit(ids)) return [ids];
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

/** Nearly always, and without writing them: however a byte is written, it takes three characters at most. */
function surelyFit(ids: readonly string[]): boolean {
  return ids.reduce((length, id) => length + NAME_LENGTH + 3 * Buffer.byteLength(id), 0) <= MAX_IDS_LENGTH;
}
