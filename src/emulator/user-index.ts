import { ID_TYPES, idsOf, normalised } from "./pool-user";
import type { IdType, PoolUser } from "./pool-user";

/** Finds users by an id of any type in constant time, so that a pool of 100,000 answers as fast as one of ten. */
export class UserIndex {
  /** Most ids name one user; an array stands only where several share one, which keeps a large pool small. */
  readonly #byType = new Map<IdType, Map<string, PoolUser | PoolUser[]>>(
    ID_TYPES.map((type) => [type, new Map()]),
  );

  /** Files a user under each of its ids. */
  add(user: PoolUser): void {
    for (const [ids, id] of this.#places(user)) {
      const holders = ids.get(id);
      ids.set(id, holders === undefined ? user : [holders, user].flat());
    }
  }

  /** Takes out a user that was added; the same object, since its ids say where it is filed. */
  remove(user: PoolUser): void {
    for (const [ids, id] of this.#places(user)) {
      const others = [ids.get(id) ?? []].flat().filter((holder) => holder !== user);
      if (others.length === 0) ids.delete(id);
      else ids.set(id, others);
    }
  }

  /** All users that the id names: none, one or, where an id is shared, several. */
  find(id: string, type: IdType): readonly PoolUser[] {
    return [this.#byType.get(type)?.get(normalised(id, type)) ?? []].flat();
  }

  *#places(user: PoolUser): Generator<[Map<string, PoolUser | PoolUser[]>, string]> {
    for (const [type, ids] of this.#byType) for (const id of new Set(idsOf(user, type))) yield [ids, id];
  }
}
