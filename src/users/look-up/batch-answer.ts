import type { DirectoryUser } from "../directory";
import { canonicalId, canonicalNames, isSameUserId, mayNameUser, userIdKey } from "../ids/id-types";
import type { UserIdType } from "../user-id-type";
import { found, type Resolution, undecided } from "./resolution";

/** The users that a batch look-up answered, held against the ids that were asked for. */
export class BatchAnswer {
  private readonly users: readonly DirectoryUser[];
  /** By id, the users whom it certainly names. */
  private readonly candidates: ReadonlyMap<string, readonly DirectoryUser[]>;

  constructor(
    ids: readonly string[],
    private readonly type: UserIdType,
    answered: readonly DirectoryUser[],
  ) {
    this.users = [...new Map(answered.map((user) => [userIdKey(user.userId), user])).values()];
    const named = usersByName(this.users, type);
    this.candidates = new Map(ids.map((id) => [id, named.get(canonicalId(id, type)) ?? []]));
  }

  /**
   * The ids that certainly name several of the users, as far as their fields show; another id may be why one
   * came back.
   */
  private ambiguousIds(): string[] {
    return [...this.candidates].flatMap(([id, users]) => (users.length > 1 ? [id] : []));
  }

  /**
   * The other ids that the answer leaves open: sharing their user with an id of another spelling, or without
   * a user although one came back whom no id names.
   */
  openIds(): string[] {
    const spellings = new Map<string, Set<string>>();
    for (const [id, users] of this.candidates) {
      for (const { userId } of users) {
        const key = userIdKey(userId);
        spellings.set(key, (spellings.get(key) ?? new Set()).add(canonicalId(id, this.type)));
      }
    }
    const unasked = this.users.some(({ userId }) => !spellings.has(userIdKey(userId)));
    return [...this.candidates].flatMap(([id, users]) => {
      const [user] = users;
      if (user === undefined) return unasked ? [id] : [];
      return users.length === 1 && (spellings.get(userIdKey(user.userId))?.size ?? 0) > 1 ? [id] : [];
    });
  }

  /** The ids that must be asked for once more, each alone. */
  doubtfulIds(): string[] {
    return [...this.ambiguousIds(), ...this.openIds()];
  }

  /**
   * Resolves every id.
   *
   * @param alone what look-ups of the ambiguous and open ids by themselves said; where one contradicts the
   *   batch, nothing is guessed
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
      // Whoever comes back for one id alone is named by it, and a deletion by that id could take them all.
      const isAlone = this.candidates.size === 1;
      const named = isAlone ? this.users : candidates;
      const agrees = isAlone ? named.every(isSame) : named.length === 0 || named.some(isSame);
      return agrees
        ? answer
        : { kind: "several", users: [answer.user, ...named.filter((user) => !isSame(user))] };
    }
    if (answer.kind !== "absent") return answer;
    const contradicts = this.users.some(
      (user) => !explained.has(userIdKey(user.userId)) && mayNameUser(id, this.type, user),
    );
    return contradicts || candidates.length > 0
      ? undecided("GenAuth finds a user by this id in one look-up and none in another.")
      : answer;
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
