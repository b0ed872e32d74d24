/**
 * Finds out which user each id of a call names. A batch look-up answers with users, and does not say which id
 * found which of them. So the ids are matched with the fields of the users, as GenAuth documents it (T3 in
 * docs/guides/trust.md). What that leaves open is looked up alone. Nothing is guessed: an id that stays open
 * counts as still there.
 *
 * | in the answer, the id …                                      | alone? | resolution                |
 * |--------------------------------------------------------------|--------|---------------------------|
 * | is that of one user, who has no other id in the call         | no     | found                     |
 * | is that of nobody, and the call has an id of each user shown | no     | absent                    |
 * | is that of nobody, and another spelling of a user's id       | yes    | the second answer         |
 * | is that of several users                                     | yes    | several, if still several |
 * | is that of a user who has another id in the call, too        | yes    | the second answer         |
 * | may have found a user who seems to have no id of the call    | yes    | the second answer         |
 *
 * Undecided is an id whose look-up failed, or whose two answers contradict each other.
 */
import { halvesOf } from "../../lists";
import { printable } from "../../text";
import type { DirectoryFailure, DirectoryUser, UserDirectory, UserIdType } from "../directory";
import {
  canonicalId,
  canonicalNames,
  idInLookUp,
  isSameUserId,
  mayNameUser,
  userIdKey,
} from "../ids/id-types";
import { found, type Resolution, undecided } from "./resolution";

/**
 * A refused call of at most this size is split into single ids: halving it further would take as many calls.
 */
const MAX_SPLIT_SIZE = 4;

/**
 * Resolves the ids of an answer that somebody else has asked for, without a call.
 *
 * @param ids what the look-up named
 * @returns a resolution for each id. What a further look-up would have to decide is undecided.
 */
export function resolveAnswer(
  ids: readonly string[],
  type: UserIdType,
  users: readonly DirectoryUser[],
): Map<string, Resolution> {
  const answer = new BatchAnswer(ids, type, users);
  const open = undecided("The answer does not tell which user this id names.");
  return answer.resolve(new Map(answer.idsToAskAlone().map((id) => [id, open])));
}

/** Look-ups by ids of one type. */
export class BatchLookUp {
  constructor(
    private readonly directory: Pick<UserDirectory, "findUsers" | "findUser">,
    private readonly type: UserIdType,
    private readonly stop: AbortSignal | undefined,
  ) {}

  /**
   * Looks up at most 50 distinct ids, in one call if the answer is clear, and with further single look-ups if
   * it is not.
   *
   * @returns a resolution for each id
   */
  async lookUp(ids: readonly string[]): Promise<Map<string, Resolution>> {
    const named = new Set(ids.map((id) => idInLookUp(id, this.type)));
    const outcome = await this.directory.findUsers([...named], this.type, this.stop);
    if (outcome.ok) {
      const answer = new BatchAnswer(ids, this.type, outcome.value);
      // A batch of one shows all users that an id names; a single look-up shows one of them.
      const again =
        ids.length === 1
          ? await this.lookUpSingly(answer.openIds())
          : await joined(this.lookUpAlone(answer.idsToAskAlone()));
      return answer.resolve(again);
    }
    const { failure } = outcome;
    if (failure.reach === "every_call" || failure.transient)
      return new Map(ids.map((id) => [id, { kind: "undecided", failure }]));
    return ids.length === 1
      ? await this.afterRefusalOfOne(ids, failure)
      : await this.afterRefusal(ids, failure);
  }

  private lookUpAlone(ids: readonly string[]): Promise<Map<string, Resolution>>[] {
    return ids.map((id) => this.lookUp([id]));
  }

  /**
   * A server may refuse a whole call because of one id, so the call is halved. If the server also refuses the
   * first and the last id alone, the ids are probably not the reason, and halving stops.
   */
  private async afterRefusal(
    ids: readonly string[],
    failure: DirectoryFailure,
  ): Promise<Map<string, Resolution>> {
    if (ids.length <= MAX_SPLIT_SIZE) return await joined(this.lookUpAlone(ids));
    const ends = await joined(this.lookUpAlone([...ids.slice(0, 1), ...ids.slice(-1)]));
    const [first, last] = ends.values();
    if (first?.kind === "undecided" && last?.kind === "undecided")
      return new Map(ids.map((id) => [id, ends.get(id) ?? { kind: "undecided", failure }]));
    const halves = halvesOf(ids.slice(1, -1)).map((half) => this.lookUp(half));
    return new Map([...ends, ...(await joined(halves))]);
  }

  /**
   * A single look-up tells an id that names nobody from one that is refused. It returns one user even if
   * there are several, so its result is not used if the batch refused the id: a deletion by that id could
   * delete them all.
   */
  private async afterRefusalOfOne(
    ids: readonly string[],
    { message }: DirectoryFailure,
  ): Promise<Map<string, Resolution>> {
    const refused = undecided(
      `GenAuth found a user by this id in one look-up, and another one failed: ${message}`,
    );
    const single = [...(await this.lookUpSingly(ids))];
    return new Map(single.map(([id, answer]) => [id, answer.kind === "found" ? refused : answer]));
  }

  /**
   * Looks up each id alone. The answer counts unless it returns a user that the id certainly does not name.
   *
   * @returns a resolution for each id, in the order of the ids
   */
  private async lookUpSingly(ids: readonly string[]): Promise<Map<string, Resolution>> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.lookUpOne(id)] as const)));
  }

  private async lookUpOne(id: string): Promise<Resolution> {
    const outcome = await this.directory.findUser(idInLookUp(id, this.type), this.type, this.stop);
    if (!outcome.ok) return { kind: "undecided", failure: outcome.failure };
    const user = outcome.value;
    if (user === undefined) return { kind: "absent" };
    if (mayNameUser(id, this.type, user)) return found(user);
    return undecided(`GenAuth answered with user ${user.userId}, but this id does not name that user.`);
  }
}

async function joined(parts: readonly Promise<Map<string, Resolution>>[]): Promise<Map<string, Resolution>> {
  return new Map((await Promise.all(parts)).flatMap((part) => [...part]));
}

/** The users that a batch look-up returned, matched with the requested ids. */
class BatchAnswer {
  private readonly users: readonly DirectoryUser[];
  /** The users that each id certainly names. */
  private readonly candidates: ReadonlyMap<string, readonly DirectoryUser[]>;
  /** Whether there is a user that no id certainly names. */
  private readonly hasUnasked: boolean;

  constructor(
    ids: readonly string[],
    private readonly type: UserIdType,
    answered: readonly DirectoryUser[],
  ) {
    this.users = [...new Map(answered.map((user) => [userIdKey(user.userId), user])).values()];
    const named = usersByName(this.users, type);
    this.candidates = new Map(ids.map((id) => [id, named.get(canonicalId(id, type)) ?? []]));
    const asked = new Set([...this.candidates.values()].flat());
    this.hasUnasked = this.users.some((user) => !asked.has(user));
  }

  /**
   * The ids that certainly name several of the users by their fields. Another id may be the reason why a user
   * was returned.
   */
  private ambiguousIds(): string[] {
    return [...this.candidates].flatMap(([id, users]) => (users.length > 1 ? [id] : []));
  }

  /**
   * The other ids that the answer leaves open:
   * - ids that share a user, of which one alone may have found that user;
   * - ids that may name a user who has another id in the call, such as a user name in another case: GenAuth
   *   shows a user once, for one id or for both;
   * - if the answer contains a user that no id names, those that may have found that user: the ids without a
   *   user or, if there are none, all of them.
   */
  openIds(): string[] {
    const sharers = new Map<string, number>();
    for (const users of this.candidates.values()) {
      for (const { userId } of users) {
        const key = userIdKey(userId);
        sharers.set(key, (sharers.get(key) ?? 0) + 1);
      }
    }
    const isEveryIdNamed = [...this.candidates.values()].every(({ length }) => length > 0);
    return [...this.candidates].flatMap(([id, users]) => {
      const [user] = users;
      if (user === undefined)
        return this.hasUnasked || this.users.some((shown) => mayNameUser(id, this.type, shown)) ? [id] : [];
      const isShared = (sharers.get(userIdKey(user.userId)) ?? 0) > 1;
      return users.length === 1 && (isShared || (this.hasUnasked && isEveryIdNamed)) ? [id] : [];
    });
  }

  /** The ids that must be looked up again, each alone. */
  idsToAskAlone(): string[] {
    return [...this.ambiguousIds(), ...this.openIds()];
  }

  /**
   * Resolves every id.
   *
   * @param alone the single look-ups of the ambiguous and open ids; if one contradicts the batch, the id is
   *   undecided
   */
  resolve(alone: ReadonlyMap<string, Resolution>): Map<string, Resolution> {
    const explained = new Set(
      [...alone.values()].flatMap((answer) => (answer.kind === "found" ? [userIdKey(answer.userId)] : [])),
    );
    return new Map(
      [...this.candidates].map(([id, users]) => {
        const answer = alone.get(id);
        return [id, answer ? this.crossCheck(id, answer, explained) : resolutionOfUsers(users)];
      }),
    );
  }

  private crossCheck(id: string, answer: Resolution, explained: ReadonlySet<string>): Resolution {
    const candidates = this.candidates.get(id) ?? [];
    if (answer.kind === "found") {
      const isSame = ({ userId }: DirectoryUser): boolean => isSameUserId(userId, answer.userId);
      // All users returned for a single id are named by it, and a deletion by that id could delete them all.
      const isAlone = this.candidates.size === 1;
      const named = isAlone ? this.users : candidates;
      const agrees = isAlone ? named.every(isSame) : named.length === 0 || named.some(isSame);
      return agrees
        ? answer
        : { kind: "several", users: [answer.user, ...named.filter((user) => !isSame(user))] };
    }
    if (answer.kind !== "absent" || (candidates.length === 0 && !this.hasUnasked)) return answer;
    const unexplained = this.users.filter(
      (user) => !explained.has(userIdKey(user.userId)) && mayNameUser(id, this.type, user),
    );
    if (unexplained.length + candidates.length === 0) return answer;
    const other = candidates.length > 0 ? undefined : this.otherSpelling(unexplained);
    return undecided(
      other === undefined
        ? "GenAuth found a user by this id in one look-up and none in another."
        : `GenAuth finds nobody by this id, but it may be another spelling of ${printable(other)}, which is there. Keep that one.`,
    );
  }

  /** An id of the call that certainly names one of the users. */
  private otherSpelling(users: readonly DirectoryUser[]): string | undefined {
    return [...this.candidates].find(([, named]) => named.some((user) => users.includes(user)))?.[0];
  }
}

function resolutionOfUsers(users: readonly DirectoryUser[]): Resolution {
  const [user] = users;
  if (user === undefined) return { kind: "absent" };
  return users.length === 1 ? found(user) : { kind: "several", users };
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
