import type { DirectoryUser, Outcome, UserDirectory, UserIdType } from "../../../src/users";
import type { UserArchive } from "../../../src/users/refresh/archive";
import type { SettableStatus } from "../../../src/users/directory";
import { idOf } from "../users/people";

/** For how long answers of the pool are outdated, in seconds. */
export interface Lag {
  /** How long look-ups still show a user that somebody else deleted. */
  readonly lookUps: number;
  /** How long the archive of deleted users does not contain the user. */
  readonly archive: number;
}

/** A pool with a clock, look-ups and an archive of deleted users that may lag behind. Times are in seconds. */
export class TimedPool implements UserDirectory, UserArchive {
  readonly parallelism = 8;
  /** The server's clock. */
  now = 1_800_000_000;
  /** System user ids that deletions keep, although they report success. */
  readonly undeletable = new Set<string>();
  /** How many pages of the archive were read. */
  pagesRead = 0;
  private readonly users = new Map<string, DirectoryUser>();
  private readonly deleted: {
    readonly user: DirectoryUser;
    readonly at: number;
    readonly showsLonger: boolean;
  }[] = [];

  constructor(private readonly lag: Lag) {}

  put(user: DirectoryUser): void {
    this.users.set(user.userId, user);
  }

  get(userId: string): DirectoryUser | undefined {
    return this.users.get(userId);
  }

  /** Deletes a user as somebody else does: look-ups and the archive lag behind. */
  remove(userId: string): void {
    this.erase(userId, true);
  }

  /** Whether look-ups no longer show a user that the archive does not contain yet. */
  isArchiveBehind(): boolean {
    return this.deleted.some(({ at, showsLonger, user }) => {
      const shown = showsLonger && this.now < at + this.lag.lookUps;
      return !this.users.has(user.userId) && !shown && this.now < at + this.lag.archive;
    });
  }

  findUsers(ids: readonly string[], type: UserIdType): Promise<Outcome<readonly DirectoryUser[]>> {
    const asked = new Set(ids);
    const stillShown = this.deleted.filter(
      ({ at, showsLonger }) => showsLonger && this.now < at + this.lag.lookUps,
    );
    const shown = new Map(
      [...stillShown.map(({ user }) => user), ...this.users.values()].map((user) => [user.userId, user]),
    );
    return Promise.resolve({
      ok: true,
      value: [...shown.values()].filter((user) => asked.has(idOf(user, type))),
    });
  }

  async findUser(id: string, type: UserIdType): Promise<Outcome<DirectoryUser | undefined>> {
    const found = await this.findUsers([id], type);
    return found.ok ? { ok: true, value: found.value[0] } : found;
  }

  deleteUsers(ids: readonly string[], type: UserIdType): Promise<Outcome<void>> {
    for (const user of [...this.users.values()])
      if (ids.includes(idOf(user, type)) && !this.undeletable.has(user.userId))
        this.erase(user.userId, false);
    return Promise.resolve({ ok: true, value: undefined });
  }

  setStatus(userIds: readonly string[], status: SettableStatus): Promise<Outcome<void>> {
    const statusChangedAt = new Date(this.now * 1000).toISOString();
    for (const user of userIds.flatMap((userId) => this.users.get(userId) ?? []))
      if (user.status !== status) this.put({ ...user, status, statusChangedAt });
    return Promise.resolve({ ok: true, value: undefined });
  }

  serviceTime(): number {
    return this.now * 1000;
  }

  archivedSince(since: number, mostPages: number): Promise<Outcome<readonly string[] | undefined>> {
    const listed = this.deleted.filter(({ at }) => at >= since && this.now >= at + this.lag.archive);
    this.pagesRead += 1;
    const value = listed.length > mostPages * 50 ? undefined : listed.map(({ user }) => user.userId);
    return Promise.resolve({ ok: true, value });
  }

  private erase(userId: string, showsLonger: boolean): void {
    const user = this.users.get(userId);
    if (!user) return;
    this.users.delete(userId);
    this.deleted.push({ user, at: this.now, showsLonger });
  }
}
