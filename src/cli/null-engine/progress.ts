import { count, type DeletionProgress, MAX_IDS_PER_CALL } from "../../users";

/** Not more often than this, in milliseconds: the log of a long apply stays readable. */
const INTERVAL_MS = 2000;

/**
 * Says how far a deletion is: at its beginning, at its end, and now and then between.
 *
 * @param say prints a line
 * @param now the time in milliseconds
 */
export function tellProgress(
  say: (line: string) => void,
  now: () => number = Date.now,
): (progress: DeletionProgress) => void {
  const begun = now();
  let lastSaid = -Infinity;
  return ({ gone, survivors, total }) => {
    const done = gone + survivors;
    const time = now();
    if (done < total && time - lastSaid < INTERVAL_MS) return;
    lastSaid = time;
    const secondsLeft = Math.ceil(((time - begun) / done) * ((total - done) / 1000));
    const chunks = `${chunksOf(done)} of ${count(chunksOf(total), "chunk")} done`;
    const left = done < total ? `, about ${secondsLeft} s left` : "";
    say(`${chunks}: ${gone} of ${count(total, "user")} gone, ${survivors} not${left}`);
  };
}

/** How many chunks so many users make. */
function chunksOf(users: number): number {
  return Math.ceil(users / MAX_IDS_PER_CALL);
}
