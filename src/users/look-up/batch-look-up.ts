import { halvesOf } from "../chunks";
import type { UserDirectory } from "../directory";
import type { UserIdType } from "../user-id-type";
import { BatchAnswer } from "./batch-answer";
import { type Resolution, undecided } from "./resolution";
import { lookUpSingly } from "./single-look-up";

/** The ids of a refused call of this size or less are asked for alone: halving it further would cost as many calls. */
const ASKED_ALONE = 4;

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
    const again =
      ids.length === 1
        ? await lookUpSingly(directory, answer.openIds(), type, stop)
        : await joined(answer.doubtfulIds().map((id) => lookUpBatch(directory, [id], type, stop)));
    return answer.resolve(again);
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
  if (ids.length === 1) return await afterRefusalOfOne(directory, ids, type, stop);
  const alone = (part: readonly string[]) => part.map((id) => lookUpBatch(directory, [id], type, stop));
  if (ids.length <= ASKED_ALONE) return await joined(alone(ids));
  const ends = await joined(alone([...ids.slice(0, 1), ...ids.slice(-1)]));
  const [first, last] = ends.values();
  if (first?.kind === "undecided" && last?.kind === "undecided") return new Map(ids.map((id) => [id, first]));
  const halves = halvesOf(ids.slice(1, -1)).map((half) => lookUpBatch(directory, half, type, stop));
  return new Map([...ends, ...(await joined(halves))]);
}

/**
 * A single look-up tells an id that names nobody from one that is refused. It shows one user where there may be
 * several, so it is not believed when it finds one whom the batch refused to show: a deletion by that id could
 * take them all.
 */
async function afterRefusalOfOne(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  const single = await lookUpSingly(directory, ids, type, stop);
  return new Map(
    [...single].map(([id, answer]) => [
      id,
      answer.kind === "found"
        ? undecided("GenAuth finds a user by this id in one look-up and refuses another.")
        : answer,
    ]),
  );
}

async function joined(parts: readonly Promise<Map<string, Resolution>>[]): Promise<Map<string, Resolution>> {
  return new Map((await Promise.all(parts)).flatMap((part) => [...part]));
}
