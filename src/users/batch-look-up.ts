import { canonicalId } from "./canonical-id";
import { halvesOf } from "./chunks";
import type { DirectoryUser, UserDirectory } from "./directory";
import { canonicalNames, mayNameUser } from "./matching";
import { type Resolution, undecided } from "./resolution";
import type { UserIdType } from "./user-id-type";

/** A refused call of this size or less is asked id by id: halving it further would cost as many calls. */
const ASKED_SINGLY = 4;

/**
 * Looks up to 50 distinct ids up in one call where the answer is plain, and by single look-ups where it is not.
 *
 * @returns a resolution for each id, in the order of the ids
 */
export async function lookUpBatch(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  const outcome = await directory.findUsers(ids, type, stop);
  if (outcome.ok) return await settle(directory, ids, type, outcome.value, stop);
  const { failure } = outcome;
  if (failure.reach === "every_call" || failure.transient) {
    return new Map(ids.map((id) => [id, { kind: "undecided", failure }]));
  }
  // A server may refuse a whole call because it does not know one of the ids.
  if (ids.length <= ASKED_SINGLY) return await lookUpSingly(directory, ids, type, stop);
  const halves = await Promise.all(halvesOf(ids).map((half) => lookUpBatch(directory, half, type, stop)));
  return new Map(halves.flatMap((half) => [...half]));
}

/** Asks for each id alone; the answer stands unless it shows a user that the id certainly does not name. */
async function lookUpSingly(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  return new Map(
    await Promise.all(
      ids.map(async (id): Promise<[string, Resolution]> => {
        const outcome = await directory.findUser(id, type, stop);
        if (!outcome.ok) return [id, { kind: "undecided", failure: outcome.failure }];
        const user = outcome.value;
        if (user === undefined) return [id, { kind: "absent" }];
        if (mayNameUser(id, type, user)) return [id, { kind: "found", user }];
        return [id, undecided(`GenAuth answered with another user, ${user.userId}, than the id names.`)];
      }),
    ),
  );
}

/** Gives each id its user by the fields of its type, and asks again, singly, where that leaves anything open. */
async function settle(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  answered: readonly DirectoryUser[],
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  const users = [...new Map(answered.map((user) => [user.userId, user])).values()];
  const named = usersByName(users, type);
  const candidates = new Map(ids.map((id) => [id, named.get(canonicalId(id, type)) ?? []]));
  const open = openIds(candidates, users, type);
  const single = await lookUpSingly(directory, open, type, stop);
  const explained = new Set(
    [...single.values()].flatMap((answer) => (answer.kind === "found" ? [answer.user.userId] : [])),
  );
  const decide = (id: string, candidatesOfId: readonly DirectoryUser[]): Resolution => {
    const answer = single.get(id);
    if (answer) return crossCheck(id, type, answer, candidatesOfId, users, explained);
    const [user] = candidatesOfId;
    return user ? { kind: "found", user } : { kind: "absent" };
  };
  return new Map([...candidates].map(([id, its]) => [id, decide(id, its)]));
}

function usersByName(users: readonly DirectoryUser[], type: UserIdType): Map<string, DirectoryUser[]> {
  const named = new Map<string, DirectoryUser[]>();
  for (const user of users) {
    for (const name of new Set(canonicalNames(user, type))) {
      named.set(name, [...(named.get(name) ?? []), user]);
    }
  }
  return named;
}

/**
 * The ids that the answer leaves open: named with several users, sharing their user with an id of another spelling, or without a
 * user although one came back that no id asked for.
 */
function openIds(
  candidates: ReadonlyMap<string, readonly DirectoryUser[]>,
  users: readonly DirectoryUser[],
  type: UserIdType,
): string[] {
  const spellings = new Map<string, Set<string>>();
  for (const [id, its] of candidates) {
    for (const { userId } of its) {
      spellings.set(userId, (spellings.get(userId) ?? new Set()).add(canonicalId(id, type)));
    }
  }
  const unasked = users.some(({ userId }) => !spellings.has(userId));
  return [...candidates].flatMap(([id, its]) => {
    const shared = its.some(({ userId }) => (spellings.get(userId)?.size ?? 0) > 1);
    return shared || its.length > 1 || (its.length === 0 && unasked) ? [id] : [];
  });
}

/** Holds a single answer against the batch: where the two contradict each other, nothing is guessed. */
function crossCheck(
  id: string,
  type: UserIdType,
  answer: Resolution,
  candidates: readonly DirectoryUser[],
  users: readonly DirectoryUser[],
  explained: ReadonlySet<string>,
): Resolution {
  if (answer.kind === "found") {
    const others = candidates.filter(({ userId }) => userId !== answer.user.userId && !explained.has(userId));
    return others.length === 0 ? answer : { kind: "several", users: [answer.user, ...others] };
  }
  if (answer.kind !== "absent") return answer;
  const contradicts = users.some((user) => !explained.has(user.userId) && mayNameUser(id, type, user));
  return contradicts || candidates.length > 0
    ? undecided("GenAuth finds a user by this id in one look-up and none in another.")
    : answer;
}
