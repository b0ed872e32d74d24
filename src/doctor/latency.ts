import { type PoolProbe, type ProbedUser, unknownUserId } from "../api";
import { count, MAX_IDS_PER_CALL, UserIdType } from "../users";
import {
  advice,
  callFailed,
  fine,
  type Finding,
  isForbidden,
  isRefusal,
  isTooLong,
  notKnown,
} from "../findings";

/** The settings that latency depends on. */
export interface Speed {
  readonly timeoutSeconds: number;
  readonly parallelism: number;
  readonly requestsPerSecond: number;
}

/** How many look-ups are timed. */
const CALLS = 5;

/** Times look-ups of as many users as a plan's calls name, one after another. */
export async function checkLatency(
  probe: PoolProbe,
  known: readonly ProbedUser[],
  speed: Speed,
): Promise<Finding> {
  let ids = known.length > 0 ? known.map(({ userId }) => userId) : [unknownUserId()];
  const times: number[] = [];
  while (times.length < CALLS) {
    const answer = await probe.lookUp(ids, UserIdType.USER_ID);
    if (!answer.ok && ids.length > 1 && isTooLong(answer)) {
      ids = ids.slice(0, Math.ceil(ids.length / 2));
      times.length = 0;
      continue;
    }
    if (!answer.ok && isForbidden(answer)) return notKnown("The key may not look users up.");
    if (!answer.ok && !isRefusal(answer)) return callFailed(answer);
    times.push(answer.milliseconds);
  }
  return evaluateLatency(times, speed);
}

/** How much longer than the slowest of a few calls the time limit must be. */
const RESERVE = 4;

/** @param times in milliseconds, at least one */
export function evaluateLatency(times: readonly number[], speed: Speed): Finding {
  const sorted = [...times].sort((one, other) => one - other);
  const median = Math.max(1, Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0));
  const slowest = Math.max(1, Math.round(sorted.at(-1) ?? 0));
  const finding = `Of ${count(times.length, "look-up")}, the median took ${median} ms and the slowest ${slowest} ms.`;
  if (slowest * RESERVE > speed.timeoutSeconds * 1000) {
    const seconds = Math.ceil((slowest * 10) / 1000);
    return advice(finding, `That is close to the time limit of ${speed.timeoutSeconds} s for one call.`, {
      setting: "timeout_seconds",
      value: String(seconds),
      reason: "look-ups are slow",
    });
  }
  const callsPerSecond = Math.min(speed.requestsPerSecond, (speed.parallelism * 1000) / median);
  const users = Math.floor(callsPerSecond * MAX_IDS_PER_CALL);
  const more =
    callsPerSecond < speed.requestsPerSecond / 2
      ? ` A higher parallelism makes large sets faster, up to ${speed.requestsPerSecond} calls per second.`
      : "";
  return fine(finding, `A refresh looks up about ${users} users per second.${more}`);
}
