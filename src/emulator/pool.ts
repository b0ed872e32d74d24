import { POOL_ID_TYPES, rowOf } from "./pool-user";
import type { PoolIdType, PassableIdType, PoolUser } from "./pool-user";

/** One entry of the record of deleted users. */
export interface ArchiveEntry {
  readonly userId: string;
  /** When it was deleted, in milliseconds since 1970. */
  readonly archivedAt: number;
}

/** When the pool looks at the clock, and how long a deleted user still shows. */
export interface PoolSettings {
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  /** For how many milliseconds look-ups still show a user that was deleted. */
  readonly consistencyDelayMs: number;
}

/** The users of the emulated user pool. Tests use it to act as somebody else who works on the same pool. */
export class EmulatedUserPool {
  readonly #settings: PoolSettings;
  readonly #users = new Map<string, PoolUser>();
  readonly #index = new UserIndex();
  readonly #archived: ArchiveEntry[] = [];
  /** Users that were deleted and still show, by when they stop to. */
  readonly #fading = new Map<PoolUser, number>();
  readonly #fadingIndex = new UserIndex();

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** How many users there are. */
  get size(): number {
    return this.#users.size;
  }

  /** Adds users. A system user id is unique: one that is there already is an error. */
  add(...users: readonly PoolUser[]): void {
    for (const user of users) {
      if (this.#users.has(user.userId)) throw new Error(`The pool already has a user ${user.userId}.`);
      this.#users.set(user.userId, user);
      this.#index.add(user);
    }
  }

  /** Changes fields of the user with this system id, and gives the user as it is now. */
  update(userId: string, changes: Partial<Omit<PoolUser, "userId">>): PoolUser {
    const before = this.#user(userId);
    const after = { ...before, ...changes };
    this.#index.remove(before);
    this.#index.add(after);
    this.#users.set(userId, after);
    return after;
  }

  /**
   * Lets an id pass from one user to another: an e-mail address is taken over, a phone number is given to a new
   * employee. The first user is left without an id of that type, the second loses the one it had. An identity
   * passes with all identities of the first user, since `identity` and `sync_relation` are read from them.
   *
   * @param from the system user id of the user that carries the id
   * @param to the system user id of the user that carries it from then on
   */
  passId(type: PassableIdType, from: string, to: string): void {
    const { fieldsOf } = rowOf(type);
    const carried = fieldsOf(this.#user(from));
    this.#user(to);
    this.update(from, fieldsOf());
    this.update(to, carried);
  }

  /** Deletes users by their system ids, as the console would: at once, and noted in the archive. */
  remove(...userIds: readonly string[]): void {
    for (const userId of userIds) this.#archive(this.#user(userId));
  }

  /** The user that an id names, or nothing; the first where several share the id. */
  find(id: string, type: PoolIdType = "user_id"): PoolUser | undefined {
    return this.#index.find(id, type)[0];
  }

  /** Every user that an id names. */
  findAll(id: string, type: PoolIdType): readonly PoolUser[] {
    return this.#index.find(id, type);
  }

  /** Every user that an id of whichever type names. */
  findByAnyId(id: string): readonly PoolUser[] {
    return [...new Set(POOL_ID_TYPES.flatMap((type) => this.#index.find(id, type)))];
  }

  /** All users, oldest first. */
  list(): readonly PoolUser[] {
    return [...this.#users.values()];
  }

  /** What was deleted, oldest first. */
  archived(): readonly ArchiveEntry[] {
    return this.#archived;
  }

  /** Deletes users as the API does: look-ups go on showing them for so many milliseconds, by default the pool's delay. */
  erase(users: Iterable<PoolUser>, showForMs = this.#settings.consistencyDelayMs): void {
    for (const user of users) {
      this.#archive(user);
      if (showForMs === 0) continue;
      this.#fading.set(user, this.#settings.now() + showForMs);
      this.#fadingIndex.add(user);
    }
  }

  /** What a look-up sees: the users there are, and those deleted so lately that they still show. */
  lookUp(id: string, type: PoolIdType): readonly PoolUser[] {
    this.#forgetFaded();
    return [...this.#index.find(id, type), ...this.#fadingIndex.find(id, type)];
  }

  #user(userId: string): PoolUser {
    const user = this.#users.get(userId);
    if (!user) throw new Error(`The pool has no user ${userId}.`);
    return user;
  }

  #archive(user: PoolUser): void {
    this.#users.delete(user.userId);
    this.#index.remove(user);
    this.#archived.push({ userId: user.userId, archivedAt: this.#settings.now() });
  }

  #forgetFaded(): void {
    for (const [user, until] of this.#fading) {
      if (until > this.#settings.now()) continue;
      this.#fading.delete(user);
      this.#fadingIndex.remove(user);
    }
  }
}

/** Finds users by an id of any type in constant time, so that a pool of 100,000 answers as fast as one of ten. */
class UserIndex {
  /** Most ids name one user; an array stands only where several share one, which keeps a large pool small. */
  readonly #byType = new Map<PoolIdType, Map<string, PoolUser | PoolUser[]>>(
    POOL_ID_TYPES.map((type) => [type, new Map()]),
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
  find(id: string, type: PoolIdType): readonly PoolUser[] {
    return [this.#byType.get(type)?.get(rowOf(type).normalise(id)) ?? []].flat();
  }

  *#places(user: PoolUser): Generator<[Map<string, PoolUser | PoolUser[]>, string]> {
    for (const [type, ids] of this.#byType)
      for (const id of new Set(rowOf(type).idsOf(user))) yield [ids, id];
  }
}
