import pLimit from "p-limit";
import { type ApiRequest, type Forwarded, type ForwardingClient, readLookedUp, type Reply } from "../api";
import { chunksOf } from "../lists";
import {
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Resolution,
  resolveAnswer,
  type UserDirectory,
  userIdKey,
  UserIdType,
  UserLookUps,
} from "../users";
import { type Approval, type Change, CHANGES } from "./approval";

/**
 * How old a look-up that another process made through the guard may be to count as made right before a call, in milliseconds from its
 * request: an answer may take long to arrive, and tells what was true when GenAuth began it.
 */
const RECENT_MS = 2000;

/**
 * The same for a change by system user id, which never passes to somebody else. In this time, an apply of 10,000 users goes from its look-ups
 * to its deletions, also on a busy machine: otherwise the guard would look all of them up once more.
 */
const RECENT_USER_MS = 30_000;

/**
 * How many look-ups of its own the guard has in flight while it learns whom the approved ids name. Few, because the run's look-ups of the same
 * users take turns with them, and teach it as much: with all at once, an apply of 10,000 users waited for 200 calls, and then made them again.
 */
const OWN_LOOK_UPS = 2;

/**
 * Knows whom the approved ids name. Nothing of it comes from the run: the guard asks GenAuth itself, or reads GenAuth's answer to
 * a look-up that it has signed.
 */
export class ApprovedPeople {
  readonly #approval: Approval;
  readonly #client: ForwardingClient;
  readonly #lookUps: UserLookUps;
  /** The last look-ups that the run made, oldest first: by the ids of a call, and by system user id. */
  readonly #recentCalls = new Recent<Reply>(RECENT_MS);
  readonly #recentUsers = new Recent<DirectoryUser>(RECENT_USER_MS);
  /** Whom an id named at the first look-up, by its type and itself: the key of a system user id, or nobody. */
  readonly #bound = new Map<string, string | undefined>();
  /** The people of each change, by the keys of their system user ids. Whoever an id names at its first look-up is one of them. */
  readonly #people: Readonly<Record<Change, Set<string>>> = {
    deletion: new Set(),
    suspension: new Set(),
    reactivation: new Set(),
  };
  readonly #stop = new AbortController();
  readonly #ownLookUps = pLimit(OWN_LOOK_UPS);
  /** Settles once all approved ids are looked up. */
  #binding: Promise<void> | undefined;

  constructor(approval: Approval, client: ForwardingClient) {
    this.#approval = approval;
    this.#client = client;
    this.#lookUps = new UserLookUps(client);
    for (const change of CHANGES)
      for (const id of approval.ids[change].get(UserIdType.USER_ID) ?? [])
        this.#people[change].add(userIdKey(id));
  }

  /**
   * Begins to look up whom the approved ids name, so that nobody who gets one of them after that is changed. Settles as soon as GenAuth
   * has answered for some ids of each change and type.
   *
   * @throws Error if no look-up can succeed, such as with a wrong key
   */
  async begin(): Promise<void> {
    const first = this.#chunks().flatMap((chunks) => chunks.slice(0, 1));
    await Promise.all(first.map((chunk) => this.#bindChunk(chunk)));
    // A failure is told to the changes that wait for this. If none does, the first one tries again.
    void this.waitUntilBound().catch(() => undefined);
  }

  /** Waits until it is known whom the approved ids name. @throws Error as `begin` */
  async waitUntilBound(): Promise<void> {
    this.#binding ??= this.bindOthers();
    try {
      await this.#binding;
    } catch (cause) {
      this.#binding = undefined;
      throw cause;
    }
  }

  /** Looks up the approved ids that could not be looked up before. @throws Error as `begin` */
  async bindOthers(): Promise<void> {
    const chunks = this.#chunks().flat();
    await Promise.all(chunks.map((chunk) => this.#ownLookUps(() => this.#bindChunk(chunk))));
  }

  /** Looks up nobody any more. */
  end(): void {
    this.#stop.abort();
  }

  /**
   * The approved ids that may name somebody else at another time, by their change and type, a call's worth each. The last come first, because a
   * run begins with the first.
   */
  #chunks(): Chunk[][] {
    return CHANGES.flatMap((change) =>
      [...this.#approval.ids[change]].flatMap(([type, ids]) =>
        type === UserIdType.USER_ID
          ? []
          : [
              chunksOf([...ids], MAX_IDS_PER_CALL)
                .map((chunk) => ({ type, ids: chunk }))
                .reverse(),
            ],
      ),
    );
  }

  async #bindChunk({ type, ids }: Chunk): Promise<void> {
    // Meanwhile, the run may have looked some of them up.
    const open = ids.filter((id) => !this.#bound.has(nameOf(type, id)));
    if (open.length === 0) return;
    for (const [id, resolution] of await this.#lookUps.resolve(open, type, { stop: this.#stop.signal })) {
      if (resolution.kind === "undecided" && resolution.failure.reach === "every_call")
        throw new Error(resolution.failure.message);
      this.#bind(type, id, resolution);
    }
  }

  /** Whether a plan shows this change of this id, as it is written there. */
  isApprovedId(change: Change, type: UserIdType, id: string): boolean {
    return this.#approval.ids[change].get(type)?.has(id) === true;
  }

  /** Whether a plan shows this change of a person, under any id. */
  isApprovedPerson(change: Change, userId: string): boolean {
    return this.#people[change].has(userIdKey(userId));
  }

  /** Looks users up right before a call that changes them, unless the run has just done so. */
  async lookAgain(ids: readonly string[], type: UserIdType): Promise<ReadonlyMap<string, Resolution>> {
    const recent = new Map(
      type === UserIdType.USER_ID
        ? ids.flatMap((id): [string, Resolution][] => {
            const user = this.#recentUsers.get(userIdKey(id));
            return user ? [[id, { kind: "found", userId: user.userId, user }]] : [];
          })
        : [],
    );
    const others = [...new Set(ids)].filter((id) => !recent.has(id));
    if (others.length === 0) return recent;
    // Without the memory of `#lookUps`: what counts is whom they name now.
    const fresh = new UserLookUps(this.#directory);
    const looked = await fresh.resolve(others, type, { stop: this.#stop.signal });
    return new Map([...recent, ...looked]);
  }

  /** Whether the id still names whom it named at first. The first look-up of an id decides that. */
  isStill(type: UserIdType, id: string, resolution: Resolution): boolean {
    if (type === UserIdType.USER_ID) return true;
    this.#bind(type, id, resolution);
    return resolution.kind === "found" && this.#bound.get(nameOf(type, id)) === userIdKey(resolution.userId);
  }

  /**
   * Notes GenAuth's answer to a look-up of the run: whom the approved ids in it name, if that was not known yet, and that it may come
   * right before a change of the same users.
   *
   * @param milliseconds from the look-up's request until now
   */
  noteLookUp({ path, parameters }: ApiRequest, { reply, milliseconds }: Forwarded): void {
    if (path !== "/api/v3/get-user-batch" || parameters.withIdentities !== true) return;
    const type = parameters.userIdType as UserIdType;
    const ids = parameters.userIds as string[];
    const users = readLookedUp(reply);
    if (!users) return;
    this.#recentCalls.note([[namesOf(type, ids), reply]], milliseconds);
    this.#recentUsers.note(
      users.map((user) => [userIdKey(user.userId), user]),
      milliseconds,
    );
    if (type === UserIdType.USER_ID) return;
    for (const [id, resolution] of resolveAnswer(ids, type, users))
      if (CHANGES.some((change) => this.isApprovedId(change, type, id))) this.#bind(type, id, resolution);
  }

  /** The client, but for look-ups that the run has just made. */
  get #directory(): UserDirectory {
    return {
      ...this.#client,
      findUsers: (ids, type, stop) => {
        const reply = this.#recentCalls.get(namesOf(type, ids));
        const users = reply && readLookedUp(reply);
        return users ? Promise.resolve({ ok: true, value: users }) : this.#client.findUsers(ids, type, stop);
      },
    };
  }

  #bind(type: UserIdType, id: string, resolution: Resolution): void {
    const name = nameOf(type, id);
    if (this.#bound.has(name) || resolution.kind === "undecided") return;
    const userId = resolution.kind === "found" ? userIdKey(resolution.userId) : undefined;
    this.#bound.set(name, userId);
    if (userId === undefined) return;
    for (const change of CHANGES) if (this.isApprovedId(change, type, id)) this.#people[change].add(userId);
  }
}

/** Ids that one call looks up. */
interface Chunk {
  readonly type: UserIdType;
  readonly ids: readonly string[];
}

/** Values that were seen a short time ago. */
class Recent<V> {
  readonly #seen = new Map<string, { readonly value: V; readonly at: number }>();

  constructor(private readonly mostMs: number) {}

  /** Notes values that are already some milliseconds old. One that is known and younger stays. */
  note(entries: readonly (readonly [string, V])[], ageMs: number): void {
    const now = performance.now();
    const at = now - ageMs;
    // In the order of their arrival, so an old one may wait behind a younger one.
    for (const [key, known] of this.#seen) {
      if (now - known.at <= this.mostMs) break;
      this.#seen.delete(key);
    }
    for (const [key, value] of entries) {
      if ((this.#seen.get(key)?.at ?? -Infinity) > at) continue;
      this.#seen.delete(key);
      this.#seen.set(key, { value, at });
    }
  }

  get(key: string): V | undefined {
    const known = this.#seen.get(key);
    return known && performance.now() - known.at <= this.mostMs ? known.value : undefined;
  }
}

function nameOf(type: UserIdType, id: string): string {
  return `${type}\0${id}`;
}

/** No separator: an id of a request may contain any. */
function namesOf(type: UserIdType, ids: readonly string[]): string {
  return JSON.stringify([type, ...ids]);
}
