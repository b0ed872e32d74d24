import { type FullUser, type PoolProbe, type Probed, USERS_PER_PAGE, type UserSearch } from "../api";
import type { Clock } from "../timing";
import { MAX_IDS_PER_CALL } from "../users";
import { describeFailure, type Failed, isDivided, isForbidden, isRefusal } from "./finding";

/** There was no answer, or somebody stopped it, which says nothing about the service. */
export class Interruption extends Error {}

/** A call was answered in a way that tells nothing of what it asked, such as for a key without the right. */
export class Unanswered extends Interruption {
  constructor(readonly failed: Failed) {
    super(describeFailure(failed));
  }
}

/** The waits after calls without an answer, in milliseconds: an outage of half a minute ends nothing. */
const WAITS_MS = [1000, 2000, 4000, 8000, 16_000];

/** The longest wait between two attempts to see a change, in milliseconds. */
const LONGEST_POLL_MS = 1000;

/** How many times the lag a reading waits: a service that was late once may be later the next time. */
const LAGS = 3;

/** More users than this are not read one by one. */
export const MOST_LISTED = 500;

/** The users of a pool, as a list shows them. */
export interface Listed {
  readonly users: readonly FullUser[];
  /** As GenAuth counts them, which may be wrong. */
  readonly total: number;
  /** Whether the pages came to an end. */
  readonly isWhole: boolean;
}

export interface ReadingOptions {
  /** Once it fires, every reading ends with an interruption. */
  readonly stop?: AbortSignal;
  /** Whether what has no answer is asked again; default yes. */
  readonly isPatient?: boolean;
}

/** Reads a pool, and waits until the service shows what was changed. */
export class Readings {
  readonly probe: PoolProbe;
  readonly clock: Clock;
  readonly #stop: AbortSignal | undefined;
  readonly #waitsMs: readonly number[];
  /** The longest time until a change showed, the call included, in milliseconds; 0 if nothing was changed yet. */
  lagMs = 0;

  constructor(probe: PoolProbe, clock: Clock, { stop, isPatient = true }: ReadingOptions = {}) {
    this.probe = probe;
    this.clock = clock;
    this.#stop = stop;
    this.#waitsMs = isPatient ? WAITS_MS : [];
  }

  /** The same pool, as slow as it is known to be, for what nobody stops. */
  withoutStop(): Readings {
    const readings = new Readings(this.probe, this.clock);
    readings.lagMs = this.lagMs;
    return readings;
  }

  /** Makes a call that may be made twice, until there is an answer. @throws Unanswered if there is none */
  async answer<T>(call: () => Promise<Probed<T>>): Promise<Probed<T>> {
    for (let attempt = 0; ; attempt += 1) {
      this.refuseAfterStop();
      const answer = await call();
      if (answer.ok || !answer.failure.transient) return answer;
      const wait = this.#waitsMs[attempt];
      if (wait === undefined) throw new Unanswered(answer);
      await this.wait(wait);
    }
  }

  /** Whoever a look-up finds. A service that refuses unknown ids, or so long a URL, is asked for each id alone. */
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

  /** The first users that a search finds; `undefined` if it is refused, or the key may not list. */
  async list(search: UserSearch = {}, mostPages = MOST_LISTED / USERS_PER_PAGE): Promise<Listed | undefined> {
    const users = new Map<string, FullUser>();
    for (let page = 1; ; page += 1) {
      const answer = await this.answer(() => this.probe.listPage(search, page));
      if (!answer.ok && (isForbidden(answer) || isDivided(answer))) return undefined;
      if (!answer.ok) throw new Unanswered(answer);
      const { list, totalCount } = answer.value;
      for (const user of list) users.set(user.userId, user);
      const isWhole = list.length < USERS_PER_PAGE;
      if (isWhole || page >= mostPages) return { users: [...users.values()], total: totalCount, isWhole };
    }
  }

  /** Reads until something shows. @returns after how many milliseconds, 0 if at once; `undefined` if it does not */
  async until(shows: () => Promise<boolean>, patienceMs: number): Promise<number | undefined> {
    const begun = this.clock.elapsed();
    for (let poll = 10; ; poll = Math.min(2 * poll, LONGEST_POLL_MS)) {
      const isShown = await shows();
      const lag = Math.ceil(this.clock.elapsed() - begun);
      if (isShown) this.lagMs = Math.max(this.lagMs, lag);
      if (isShown) return poll === 10 ? 0 : lag;
      if (lag > patienceMs) return undefined;
      await this.wait(poll);
    }
  }

  /** How long a pause is, in milliseconds. */
  get pauseMs(): number {
    return LAGS * this.lagMs;
  }

  /** Waits for what should not show, longer than any change has taken. */
  async pause(): Promise<void> {
    await this.wait(this.pauseMs);
  }

  async wait(milliseconds: number): Promise<void> {
    await this.clock.sleep(milliseconds, this.#stop);
    this.refuseAfterStop();
  }

  /** @throws Interruption once somebody has stopped it */
  refuseAfterStop(): void {
    if (this.#stop?.aborted) throw new Interruption("Somebody stopped it.");
  }
}
