import { type FullUser, type PoolProbe, type Probed, USERS_PER_PAGE } from "../api";
import type { Clock } from "../timing";
import { MAX_IDS_PER_CALL } from "../users";
import { describeFailure, type Failed, isDivided, isForbidden, isRefusal } from "./finding";

/**
 * A call was answered in a way that tells nothing of what it asked, such as for a key without the right, or
 * not at all.
 */
export class Unanswered extends Error {
  constructor(readonly failed: Failed) {
    super(describeFailure(failed));
  }
}

/** The waits after calls without an answer, in milliseconds: an outage of half a minute ends nothing. */
const WAITS_MS = [1000, 2000, 4000, 8000, 16_000];

/** The first and the longest wait between two attempts to see a change, in milliseconds. */
const POLLS_MS = { first: 10, longest: 1000 };

/** More users than this are not listed. */
const MOST_LISTED = 500;

/** The first users of a pool. */
export interface Listed {
  readonly users: readonly FullUser[];
  /** As GenAuth counts them. */
  readonly total: number;
}

/** Reads a pool by single calls, and waits until the service shows what was changed. */
export class PoolReader {
  readonly #waitsMs: readonly number[];

  /** @param isPatient whether a call that has no answer is made again; default yes */
  constructor(
    readonly probe: PoolProbe,
    readonly clock: Clock,
    { isPatient = true }: { readonly isPatient?: boolean } = {},
  ) {
    this.#waitsMs = isPatient ? WAITS_MS : [];
  }

  /** Makes a call that may be made twice, until there is an answer. @throws Unanswered if there is none */
  async answer<T>(call: () => Promise<Probed<T>>): Promise<Probed<T>> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await call();
      if (answer.ok || !answer.failure.transient) return answer;
      const wait = this.#waitsMs[attempt];
      if (wait === undefined) throw new Unanswered(answer);
      await this.clock.sleep(wait);
    }
  }

  /**
   * Looks users up. A service that refuses unknown ids, or so long a URL, is asked for each id alone.
   *
   * @returns everybody that the ids find, each user once
   * @throws Unanswered if a look-up fails
   */
  async find(ids: readonly string[], type: string): Promise<readonly FullUser[]> {
    const found = new Map<string, FullUser>();
    for (let at = 0; at < ids.length; at += MAX_IDS_PER_CALL)
      for (const user of await this.#findSome(ids.slice(at, at + MAX_IDS_PER_CALL), type))
        found.set(user.userId, user);
    return [...found.values()];
  }

  async #findSome(ids: readonly string[], type: string): Promise<readonly FullUser[]> {
    const answer = await this.answer(() => this.probe.lookUp(ids, type));
    if (answer.ok) return answer.value;
    if (!isDivided(answer) || (ids.length === 1 && !isRefusal(answer))) throw new Unanswered(answer);
    const found: FullUser[] = [];
    if (ids.length > 1) for (const id of ids) found.push(...(await this.#findSome([id], type)));
    return found;
  }

  /**
   * Lists the first 500 users; `undefined` if the key may not list.
   *
   * @throws Unanswered if the list fails otherwise
   */
  async list(): Promise<Listed | undefined> {
    const users = new Map<string, FullUser>();
    for (let page = 1; ; page += 1) {
      const answer = await this.answer(() => this.probe.listPage(page));
      if (!answer.ok && (isForbidden(answer) || isDivided(answer))) return undefined;
      if (!answer.ok) throw new Unanswered(answer);
      const { list, totalCount } = answer.value;
      for (const user of list) users.set(user.userId, user);
      if (list.length < USERS_PER_PAGE || page * USERS_PER_PAGE >= MOST_LISTED)
        return { users: [...users.values()], total: totalCount };
    }
  }

  /** Reads until something shows, or as long as the patience lasts. */
  async until(shows: () => Promise<boolean>, patienceMs: number): Promise<void> {
    const latest = this.clock.elapsed() + patienceMs;
    for (let poll = POLLS_MS.first; ; poll = Math.min(2 * poll, POLLS_MS.longest)) {
      if ((await shows()) || this.clock.elapsed() > latest) return;
      await this.clock.sleep(poll);
    }
  }
}
