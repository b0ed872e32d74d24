import type { DirectoryUser } from "../directory";
import { IdIndex } from "../ids/id-index";
import type { UserIdType } from "../user-id-type";

/** The protected id by which a user is kept. */
export interface ProtectedMatch {
  readonly type: UserIdType;
  readonly id: string;
}

/** Users who are never deleted, whatever a set says. */
export class ProtectedUsers {
  private constructor(private readonly indexes: ReadonlyMap<UserIdType, IdIndex>) {}

  /** @param ids the protected ids by type, in any spelling */
  static of(ids: ReadonlyMap<UserIdType, readonly string[]>): ProtectedUsers {
    return new ProtectedUsers(new Map([...ids].map(([type, its]) => [type, new IdIndex(its, type)])));
  }

  /**
   * Finds the protected id that names the user, by all ids that the look-up shows. A phone that may be the
   * same one with its country code counts.
   */
  match(user: DirectoryUser): ProtectedMatch | undefined {
    for (const [type, index] of this.indexes) {
      const match = index.match(user);
      if (match) return { type, id: match.id };
    }
    return undefined;
  }

  /** Finds the protected id that is the given one, in whatever spelling. */
  matchId(id: string, type: UserIdType): ProtectedMatch | undefined {
    const match = this.indexes.get(type)?.matchId(id);
    return match === undefined ? undefined : { type, id: match };
  }
}
