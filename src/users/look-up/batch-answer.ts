import type { DirectoryUser } from "../directory";
import { canonicalId } from "../ids/canonical-id";
import { canonicalNames, mayNameUser } from "../ids/matching";
import type { UserIdType } from "../user-id-type";
import { type Resolution, undecided } from "./resolution";

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
    this.users = [...new Map(answered.map((user) => [user.userId, user])).values()];
    const named = usersByName(this.users, type);
    this.candidates = new Map(ids.map((id) => [id, named.get(canonicalId(id, type)) ?? []]));
  }

  /**
   * The ids that the answer leaves open: with several users, sharing their user with an id of another spelling, or without a user
   * although one came back whom no id names.
   */
  openIds(): string[] {
    const spellings = new Map<string, Set<string>>();
    for (const [id, users] of this.candidates) {
      for (const { userId } of users) {
        spellings.set(userId, (spellings.get(userId) ?? new Set()).add(canonicalId(id, this.type)));
      }
    }
    const unasked = this.users.some(({ userId }) => !spellings.has(userId));
    return [...this.candidates].flatMap(([id, users]) => {
      const shared = users.some(({ userId }) => (spellings.get(userId)?.size ?? 0) > 1);
      return shared || users.length > 1 || (users.length === 0 && unasked) ? [id] : [];
    });
  }

  /**
   * Resolves every id.
   *
   * @param single what single look-ups said of the open ids; where they contradict the batch, nothing is guessed
   */
  resolve(single: ReadonlyMap<string, Resolution>): Map<string, Resolution> {
    const explained = new Set(
      [...single.values()].flatMap((answer) => (answer.kind === "found" ? [answer.user.userId] : [])),
    );
    return new Map(
      [...this.candidates].map(([id, users]) => {
        const answer = single.get(id);
        if (answer) return [id, this.crossCheck(id, answer, explained)];
        const [user] = users;
        return [id, user ? { kind: "found", user } : { kind: "absent" }];
      }),
    );
  }

  private crossCheck(id: string, answer: Resolution, explained: ReadonlySet<string>): Resolution {
    const candidates = this.candidates.get(id) ?? [];
    if (answer.kind === "found") {
      const { userId } = answer.user;
      const others = candidates.filter((user) => user.userId !== userId && !explained.has(user.userId));
      return others.length === 0 ? answer : { kind: "several", users: [answer.user, ...others] };
    }
    if (answer.kind !== "absent") return answer;
    const contradicts = this.users.some(
      (user) => !explained.has(user.userId) && mayNameUser(id, this.type, user),
    );
    return contradicts || candidates.length > 0
      ? undecided("GenAuth finds a user by this id in one look-up and none in another.")
      : answer;
  }
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
