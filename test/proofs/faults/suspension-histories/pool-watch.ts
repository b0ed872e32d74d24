import type { Emulator, PoolUser } from "../../../support/emulator";

/** What a run of the provider changed in the pool. */
export interface PoolChanges {
  readonly deleted: readonly { readonly user: PoolUser; readonly at: number }[];
  readonly statuses: readonly { readonly user: PoolUser; readonly from: string; readonly to: string }[];
  /** Users of whom other fields changed, by system user id. */
  readonly otherFields: ReadonlySet<string>;
}

/** Who gave a user the present status. */
export type Author = "provider" | "others";

/** Tells what the provider changes in the pool from what others change, call by call. */
export class PoolWatch {
  readonly #authors = new Map<string, Author>();
  #seen: ReadonlyMap<string, PoolUser> = new Map();
  #deleted: { user: PoolUser; at: number }[] = [];
  #statuses: { user: PoolUser; from: string; to: string }[] = [];
  #otherFields = new Set<string>();

  constructor(
    readonly emulator: Emulator,
    private readonly now: () => number,
  ) {
    this.#look();
    this.attach();
  }

  /** Looks at the pool whenever a call arrives. To be repeated after the steps of the emulator were cleared. */
  attach(): void {
    this.emulator.steps.add({ run: () => this.#note("provider") });
  }

  /** Lets somebody else change the pool. */
  asOthers<T>(change: () => T): T {
    this.#note("provider");
    const result = change();
    this.#note("others");
    return result;
  }

  /** The users at this time. */
  users(): readonly PoolUser[] {
    return this.emulator.pool.list();
  }

  /** Who gave the user the present status; undefined if nobody has changed it. */
  authorOf(userId: string): Author | undefined {
    return this.#authors.get(userId);
  }

  /** Whether the present status of any user is by others. */
  get hasOtherAuthors(): boolean {
    return [...this.#authors.values()].includes("others");
  }

  /** Leaves open who gave a user the status: others and the provider set it at one moment, and GenAuth shows only one time. */
  forgiveRace(userId: string): void {
    this.#authors.set(userId, "provider");
  }

  /** What the provider changed since this was called last. */
  takeChanges(): PoolChanges {
    this.#note("provider");
    const changes = { deleted: this.#deleted, statuses: this.#statuses, otherFields: this.#otherFields };
    this.#deleted = [];
    this.#statuses = [];
    this.#otherFields = new Set();
    return changes;
  }

  #note(author: Author): void {
    const before = this.#seen;
    this.#look();
    for (const [userId, user] of before) {
      const after = this.#seen.get(userId);
      if (after === user) continue;
      const from = statusOf(user);
      const to = after && statusOf(after);
      if (to !== undefined && from !== to) this.#authors.set(userId, author);
      if (author === "others") continue;
      if (!after) this.#deleted.push({ user, at: this.now() });
      else {
        if (from !== to) this.#statuses.push({ user, from, to: statusOf(after) });
        if (otherFieldsOf(user) !== otherFieldsOf(after)) this.#otherFields.add(userId);
      }
    }
  }

  #look(): void {
    this.#seen = new Map(this.emulator.pool.list().map((user) => [user.userId, user]));
  }
}

export function statusOf({ status = "Activated" }: PoolUser): string {
  return status;
}

function otherFieldsOf(user: PoolUser): string {
  const fields: [string, unknown][] = Object.entries(user);
  const other = fields.filter(
    ([name, value]) => !["status", "statusChangedAt"].includes(name) && value !== undefined,
  );
  return JSON.stringify(other.sort());
}
