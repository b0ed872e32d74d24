import { POOL_ID_TYPES, rowOf } from "./pool-user";
import type { PoolIdType, PassableIdType, PoolUser } from "./pool-user";

/** An entry of the archive of deleted users. */
export interface ArchiveEntry {
  readonly userId: string;
  /** When it was deleted, in milliseconds since 1970. */
  readonly archivedAt: number;
}

/** The users of the emulated user pool. Tests change them here on behalf of other clients of the pool. */
export class EmulatedUserPool {
  readonly #now: () => number;
  readonly #users = new Map<string, PoolUser>();
  readonly #index = new UserIndex();
  readonly #archived: ArchiveEntry[] = [];
  /**
   * When users got their present fields, in milliseconds since 1970; absent for those who have had them from
   * the start.
   */
  readonly #updatedAt = new WeakMap<PoolUser, number>();
  /** Changed users that look-ups still show as they were, by system user id, and until when. */
  readonly #stillAsBefore = new Map<string, { readonly user: PoolUser; readonly until: number }>();
  /** Deleted users that look-ups still show, and until when. */
  readonly #stillShown = new Map<PoolUser, number>();
  readonly #stillShownIndex = new UserIndex();
  #isKept: (user: PoolUser) => boolean = () => false;
  #version = 0;

  /**
   * For how many milliseconds look-ups still show a user as it was before a change or deletion of the API.
   */
  consistencyDelayMs: number;

  /** @param now the time in milliseconds since 1970 */
  constructor(now: () => number, consistencyDelayMs = 0) {
    this.#now = now;
    this.consistencyDelayMs = consistencyDelayMs;
  }

  /** A number that every change of a user raises. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#users.size;
  }

  /** Adds users. @throws Error if a system user id exists already */
  add(...users: readonly PoolUser[]): void {
    this.#version += 1;
    for (const user of users) {
      if (this.#users.has(user.userId)) throw new Error(`The pool already has a user ${user.userId}.`);
      this.#users.set(user.userId, user);
      this.#index.add(user);
    }
  }

  /**
   * Changes fields of the user with this system user id, as the console does, and returns the changed user. A
   * new status changes `statusChangedAt`. @throws Error if there is none
   */
  update(userId: string, changes: UserChanges): PoolUser {
    const before = this.#user(userId);
    this.#version += 1;
    const now = this.#now();
    const isNewStatus = "status" in changes && statusOf(changes) !== statusOf(before);
    const date = isNewStatus ? { statusChangedAt: new Date(now).toISOString() } : {};
    const after = { ...before, ...date, ...changes };
    this.#updatedAt.set(after, now);
    this.#index.remove(before);
    this.#index.add(after);
    this.#users.set(userId, after);
    return after;
  }

  /**
   * Passes an id from one user to another, as when an e-mail address is taken over or a phone number is
   * reassigned. The first user is left without an id of that type, the second loses its own. An identity
   * passes with all identities of the first user, because `identity` and `sync_relation` are read from them.
   *
   * @param from the system user id of the user that has the id
   * @param to the system user id of the user that gets it
   */
  passId(type: PassableIdType, from: string, to: string): void {
    const { fields } = rowOf(type);
    const holder = this.#user(from);
    this.#user(to);
    this.update(from, Object.fromEntries(fields.map((name) => [name, undefined])));
    this.update(to, Object.fromEntries(fields.map((name) => [name, holder[name]])));
  }

  /** Deletes users by their system user ids, as the console does: at once, and noted in the archive. */
  remove(...userIds: readonly string[]): void {
    for (const userId of userIds) this.#archive(this.#user(userId));
  }

  /** The user that an id names, if any; the first one if several share the id. */
  find(id: string, type: PoolIdType = "user_id"): PoolUser | undefined {
    return this.#index.find(id, type)[0];
  }

  findAll(id: string, type: PoolIdType): readonly PoolUser[] {
    return this.#index.find(id, type);
  }

  /** Every user that an id of any type names. */
  findByAnyId(id: string): readonly PoolUser[] {
    return [...new Set(POOL_ID_TYPES.flatMap((type) => this.#index.find(id, type)))];
  }

  /** All users, oldest first. */
  list(): readonly PoolUser[] {
    return [...this.#users.values()];
  }

  /** The archive, oldest first. */
  archived(): readonly ArchiveEntry[] {
    return this.#archived;
  }

  /** Deletes users as the API does: look-ups still show them for some time. */
  erase(users: Iterable<PoolUser>): void {
    for (const user of users) {
      if (this.#isKept(user)) continue;
      this.#archive(user);
      if (this.consistencyDelayMs === 0) continue;
      this.#stillShown.set(user, this.#now() + this.consistencyDelayMs);
      this.#stillShownIndex.add(user);
    }
  }

  /**
   * Changes fields of users as the API does, and returns the changed users: look-ups still show the users as
   * they were for some time.
   */
  revise(changes: Iterable<readonly [user: PoolUser, changes: UserChanges]>): PoolUser[] {
    const until = this.#now() + this.consistencyDelayMs;
    return [...changes].map(([user, fields]) => {
      if (this.#isKept(user)) return { ...user, ...fields };
      if (this.consistencyDelayMs > 0) this.#stillAsBefore.set(user.userId, { user, until });
      return this.update(user.userId, fields);
    });
  }

  /** Does something whose changes by the API leave these users as they are, or all users; nobody is told. */
  keep<T>(users: readonly PoolUser[] | undefined, act: () => T): T {
    this.#isKept = (user) => users?.includes(user) ?? true;
    try {
      return act();
    } finally {
      this.#isKept = () => false;
    }
  }

  /**
   * The result of a look-up: the existing users, some as they were before a change, and deleted ones that
   * still show.
   */
  lookUp(id: string, type: PoolIdType): readonly PoolUser[] {
    const found = [...this.#index.find(id, type), ...this.#stillShownIndex.find(id, type)];
    return found.flatMap((user) => this.#asShown(user));
  }

  /**
   * When a user got its fields, in milliseconds since 1970; `undefined` if it has had them from the start.
   */
  updatedAt(user: PoolUser): number | undefined {
    return this.#updatedAt.get(user);
  }

  #user(userId: string): PoolUser {
    const user = this.#users.get(userId);
    if (!user) throw new Error(`The pool has no user ${userId}.`);
    return user;
  }

  /** A user as a look-up shows it now; nobody if it does not show it yet, or no more. */
  #asShown(user: PoolUser): readonly PoolUser[] {
    this.#dropExpired();
    if (!this.#users.has(user.userId)) return this.#stillShown.has(user) ? [user] : [];
    return [this.#stillAsBefore.get(user.userId)?.user ?? user];
  }

  #archive(user: PoolUser): void {
    this.#version += 1;
    this.#users.delete(user.userId);
    this.#index.remove(user);
    this.#archived.push({ userId: user.userId, archivedAt: this.#now() });
  }

  #dropExpired(): void {
    for (const [userId, { until }] of this.#stillAsBefore)
      if (until <= this.#now()) this.#stillAsBefore.delete(userId);
    for (const [user, until] of this.#stillShown) {
      if (until > this.#now()) continue;
      this.#stillShown.delete(user);
      this.#stillShownIndex.remove(user);
    }
  }
}

/** Fields to change; one without a value is emptied. */
export type UserChanges = Partial<Omit<PoolUser, "userId">>;

function statusOf({ status = "Activated" }: UserChanges): string {
  return status;
}

/**
 * Finds users by an id of any type in constant time, so that a pool of 100,000 answers as fast as one of ten.
 */
class UserIndex {
  /** Most ids name one user. Arrays only for the others keep a large pool small. */
  readonly #byType = new Map<PoolIdType, Map<string, PoolUser | PoolUser[]>>(
    POOL_ID_TYPES.map((type) => [type, new Map()]),
  );

  /** Adds a user under each of its ids. */
  add(user: PoolUser): void {
    for (const [ids, id] of this.#places(user)) {
      const holders = ids.get(id);
      ids.set(id, holders === undefined ? user : [holders, user].flat());
    }
  }

  /** Removes a user. It must be the same object that was added, because its ids tell where it is. */
  remove(user: PoolUser): void {
    for (const [ids, id] of this.#places(user)) {
      const others = [ids.get(id) ?? []].flat().filter((holder) => holder !== user);
      if (others.length === 0) ids.delete(id);
      else ids.set(id, others);
    }
  }

  /** All users that the id names: none, one or, if it is shared, several. */
  find(id: string, type: PoolIdType): readonly PoolUser[] {
    const { normalise = String } = rowOf(type);
    return [this.#byType.get(type)?.get(normalise(id)) ?? []].flat();
  }

  *#places(user: PoolUser): Generator<[Map<string, PoolUser | PoolUser[]>, string]> {
    for (const [type, ids] of this.#byType)
      for (const id of new Set(rowOf(type).idsOf(user))) yield [ids, id];
  }
}
