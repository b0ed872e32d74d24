import type { DirectoryUser, UserIdType } from "../directory";
import { canonicalId, canonicalNames, ID_TYPES } from "./id-types";

/**
 * An id of the index that names a user: certainly, or by a spelling that may be the same id, such as a phone
 * without its country code.
 */
export interface IndexMatch {
  readonly id: string;
  readonly certain: boolean;
}

/**
 * An index of ids of one type that finds the id of a user in constant time; takes linear time to build.
 */
export class IdIndex {
  private readonly byName = new Map<string, string>();
  private readonly byKey = new Map<string, string>();
  private readonly bySimilarKey = new Map<string, string>();

  constructor(
    ids: Iterable<string>,
    private readonly type: UserIdType,
  ) {
    const { similar } = ID_TYPES[type];
    for (const id of ids) {
      const canonical = canonicalId(id, type);
      this.byName.set(canonical, id);
      if (!similar) continue;
      this.byKey.set(similar.key(canonical), id);
      for (const key of similar.keysOf(canonical)) this.bySimilarKey.set(key, id);
    }
  }

  /** The ids of the index; of several spellings of one id, the last. */
  ids(): string[] {
    return [...this.byName.values()];
  }

  /** Finds the id of the index that equals the given one in any spelling. */
  matchId(id: string): string | undefined {
    return this.byName.get(canonicalId(id, this.type));
  }

  /** Finds an id of the index that names the user, or may name it. */
  match(user: DirectoryUser): IndexMatch | undefined {
    for (const name of canonicalNames(user, this.type)) {
      const id = this.byName.get(name);
      if (id !== undefined) return { id, certain: true };
    }
    const id = this.matchSimilar(user);
    return id === undefined ? undefined : { id, certain: false };
  }

  private matchSimilar(user: DirectoryUser): string | undefined {
    const { similar } = ID_TYPES[this.type];
    const own = similar?.shownBy(user);
    if (!similar || own === undefined) return undefined;
    const key = similar.keysOf(own).find((candidate) => this.byKey.has(candidate));
    return key === undefined ? this.bySimilarKey.get(similar.key(own)) : this.byKey.get(key);
  }
}
