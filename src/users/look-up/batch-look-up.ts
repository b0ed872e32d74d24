import { halvesOf } from "../chunks";
import type { UserDirectory } from "../directory";
import type { UserIdType } from "../user-id-type";
import { BatchAnswer } from "./batch-answer";
import type { Resolution } from "./resolution";
import { lookUpSingly } from "./single-look-up";

/** A refused call of this size or less is asked id by id: halving it further would cost as many calls. */
const ASKED_SINGLY = 4;

/**
 * Looks up to 50 distinct ids up in one call where the answer is plain, and by single look-ups where it is
 * not.
 *
 * @returns a resolution for each id
 */
export async function lookUpBatch(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  const outcome = await directory.findUsers(ids, type, stop);
  if (outcome.ok) {
    const answer = new BatchAnswer(ids, type, outcome.value);
    // A batch of one shows all users whom an id names; a single look-up shows one of them.
    const ambiguous = ids.length === 1 ? [] : answer.ambiguousIds();
    const [alone, single] = await Promise.all([
      joined(ambiguous.map((id) => lookUpBatch(directory, [id], type, stop))),
      lookUpSingly(directory, answer.openIds(), type, stop),
    ]);
    return answer.resolve(new Map([...alone, ...single]));
  }
  const { failure } = outcome;
  if (failure.reach === "every_call" || failure.transient) {
    return new Map(ids.map((id) => [id, { kind: "undecided", failure }]));
  }
  return await afterRefusal(directory, ids, type, stop);
}

/**
 * A server may refuse a whole call because of one of the ids, so the call is halved; unless it refuses to
 * look up even the first and the last id by themselves, because then the ids are not the reason.
 */
async function afterRefusal(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  if (ids.length <= ASKED_SINGLY) return await lookUpSingly(directory, ids, type, stop);
  const ends = await lookUpSingly(directory, [...ids.slice(0, 1), ...ids.slice(-1)], type, stop);
  const [first, last] = ends.values();
  if (first?.kind === "undecided" && last?.kind === "undecided") return new Map(ids.map((id) => [id, first]));
  const halves = halvesOf(ids.slice(1, -1)).map((half) => lookUpBatch(directory, half, type, stop));
  return new Map([...ends, ...(await joined(halves))]);
}

async function joined(parts: readonly Promise<Map<string, Resolution>>[]): Promise<Map<string, Resolution>> {
  return new Map((await Promise.all(parts)).flatMap((part) => [...part]));
}
