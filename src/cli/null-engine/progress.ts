import { count, type DeletionProgress, MAX_IDS_PER_CALL, ProgressWatch } from "../../users";

/**
 * Says how far long work is.
 *
 * @param say prints a line
 * @param now milliseconds since some moment in the past
 */
export function sayProgress(say: (line: string) => void, now?: () => number): ProgressWatch {
  return new ProgressWatch(({ doing, done, total, perSecond, secondsLeft }) => {
    const left = secondsLeft === undefined ? "" : `, about ${secondsLeft} s left`;
    say(`${doing}: ${done} of ${total}, ${perSecond} a second${left}`);
  }, now);
}

/** Says how far a deletion is, and what came of it at its end. */
export function sayDeletion(
  say: (line: string) => void,
  watch: ProgressWatch,
): (progress: DeletionProgress) => void {
  const tell = watch.begin("deleting users");
  return ({ gone, survivors, total }) => {
    const done = gone + survivors;
    tell({ done, total });
    if (done < total) return;
    const chunks = Math.ceil(total / MAX_IDS_PER_CALL);
    say(
      `${chunks} of ${count(chunks, "chunk")} done: ${gone} of ${count(total, "user")} gone, ${survivors} not`,
    );
  };
}
