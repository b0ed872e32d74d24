/**
 * The most that happened within any second, its end not counted.
 *
 * @param times in milliseconds, in order
 */
export function mostInASecond(times: readonly number[]): number {
  let begin = 0;
  return times.reduce((most, time, index) => {
    while ((times[begin] ?? time) <= time - 1000) begin += 1;
    return Math.max(most, index - begin + 1);
  }, 0);
}
