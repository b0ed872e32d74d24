import {
  type DeletionReply,
  type FullUser,
  type PoolProbe,
  type Probed,
  type TestUserCalls,
  unknownUserId,
  type UserToCreate,
  type UserUpdate,
} from "../api";
import { isForbidden, isRefusal } from "../findings";
import { count } from "../users";
import { countOthers, findUsers, haltBy, INTERRUPTED, RehearsalHalt } from "./find";
import type { Journal } from "./journal";
import {
  type EmailDomain,
  isTokenOf,
  madeUpIdentity,
  markedUser,
  newToken,
  showsMark,
  type TestUser,
} from "./marks";
import { type Deletion, proveIds } from "./proof";
import type { Settling, ShownAfter } from "./settling";

/** What a new user has beside its marks. */
export interface ExtraFields {
  readonly phone?: string;
  readonly phoneCountryCode?: string;
  /** The made-up source of an identity, in which the user has its mark as an id. */
  readonly identitySource?: string;
}

/** What became of a creation. */
export type Creation =
  | { readonly ok: true; readonly users: readonly TestUser[]; readonly shown: ShownAfter }
  | { readonly ok: false; readonly failed: Extract<Probed<unknown>, { ok: false }> };

/** What became of a deletion. */
export type DeletionReading =
  /** It was not certain that it could concern nobody else. */
  | { readonly sent: false; readonly why: string }
  | {
      readonly sent: true;
      readonly answer: Probed<DeletionReply | null | undefined>;
      /** The test users who are gone since. */
      readonly gone: readonly TestUser[];
      /** Whether two readings agree about it. */
      readonly isSettled: boolean;
      /** When it showed, if that was measured. */
      readonly shown?: ShownAfter | undefined;
    };

export interface TestUsersOptions {
  readonly probe: PoolProbe;
  /** Nothing else in a rehearsal may have these. */
  readonly calls: TestUserCalls;
  readonly journal: Journal;
  readonly settling: Settling;
  /** The mark of the run. */
  readonly run: string;
  /** System user ids of users who must still be there after each deletion. */
  readonly bystanders?: readonly string[];
  /** How many users the pool held before the run, if the key may list them. */
  readonly others?: number | undefined;
  /** No further change is sent once this fires, but for the clean-up's. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * The only way to a change. It knows whom this run created, proves before each change that it can concern nobody else, and
 * looks after each deletion whether others are still there.
 */
export class TestUsers {
  readonly run: string;
  readonly #probe: PoolProbe;
  readonly #calls: TestUserCalls;
  readonly #journal: Journal;
  readonly #settling: Settling;
  readonly #bystanders: readonly string[];
  readonly #others: number | undefined;
  readonly #created = new Map<string, TestUser>();
  readonly #gone = new Set<string>();
  readonly #hidden = new Set<string>();
  readonly #madeUp = new Set<string>();
  /** Where new e-mails end. */
  emailDomain: EmailDomain = ".invalid";
  readonly #stop: AbortSignal | undefined;

  constructor({ probe, calls, journal, settling, run, bystanders = [], others, stop }: TestUsersOptions) {
    this.#probe = probe;
    this.#calls = calls;
    this.#journal = journal;
    this.#settling = settling;
    this.run = run;
    this.#bystanders = bystanders;
    this.#others = others;
    this.#stop = stop;
  }

  /** The test users who are not known to be gone. */
  get alive(): readonly TestUser[] {
    return [...this.#created.values()].filter(({ userId }) => !this.#gone.has(userId));
  }

  /** Those whom look-ups show. */
  get shown(): readonly TestUser[] {
    return this.alive.filter(({ userId }) => !this.#hidden.has(userId));
  }

  /** Takes note that look-ups do not show a test user, or do again. */
  setHidden({ userId }: TestUser, isHidden: boolean): void {
    if (isHidden) this.#hidden.add(userId);
    else this.#hidden.delete(userId);
  }

  /** Makes up a system user id that nobody has. */
  makeUpId(): string {
    const id = unknownUserId();
    this.#madeUp.add(id);
    return id;
  }

  /** Takes in a user of an earlier creation, as the journal or a look-up by exact marks names it. */
  adopt(token: string, userId: string): TestUser {
    if (!isTokenOf(this.run, token)) throw new Error("This mark is not one of this run.");
    const user = { ...markedUser(token), userId, token };
    this.#created.set(userId, user);
    return user;
  }

  /**
   * Creates users, at most 50, and waits until look-ups show them with their marks.
   *
   * @param more fields beside the marks, for each user
   */
  async create(more: readonly ExtraFields[]): Promise<Creation> {
    return this.#create(
      more.map(({ identitySource, ...fields }) => {
        const token = newToken(this.run);
        return {
          ...markedUser(token, this.emailDomain),
          ...fields,
          ...(identitySource !== undefined && { identities: [madeUpIdentity(token, identitySource)] }),
        };
      }),
    );
  }

  /** Creates a user with the marks of one who is gone. */
  async createAgain({ token }: TestUser): Promise<Creation> {
    return this.#create([markedUser(token, this.emailDomain)]);
  }

  async #create(users: readonly UserToCreate[]): Promise<Creation> {
    this.#refuseAfterStop();
    this.#journal.write({ entry: "creating", tokens: users.map(({ username }) => username) });
    const answer = await this.#calls.create(users);
    if (!answer.ok) {
      if (answer.failure.effect === "unknown" || answer.failure.transient) throw haltBy(answer);
      return { ok: false, failed: answer };
    }
    const created = users.flatMap((user) => {
      const [own] = answer.value.filter((shown) => showsMark(shown, user.username));
      return own ? [{ ...user, userId: own.userId, token: user.username }] : [];
    });
    this.#journal.write({
      entry: "created",
      users: created.map(({ token, userId }) => ({ token, user_id: userId })),
    });
    for (const user of created) this.#created.set(user.userId, user);
    if (created.length !== users.length || answer.value.length !== users.length || !this.#areNew(created))
      throw new RehearsalHalt("The answer to a creation does not show the users that were to be created.");
    const shown = await this.#settling.until(async () => {
      const found = await this.find(
        created.map(({ userId }) => userId),
        "user_id",
      );
      if (!found.every((user) => this.isOurs(user)))
        throw new RehearsalHalt("A look-up of a test user shows another user.");
      return found.length === created.length;
    });
    if (!shown) throw new RehearsalHalt("Look-ups do not show a user who was created.");
    return { ok: true, users: created, shown };
  }

  /** An id that was there before belongs to somebody else, whatever the answer says. */
  #areNew(created: readonly TestUser[]): boolean {
    const ids = created.map(({ userId }) => userId);
    return new Set(ids).size === ids.length && !ids.some((id) => this.#bystanders.includes(id));
  }

  /** Whether a user in an answer is a test user, and shows it. */
  isOurs(user: FullUser): boolean {
    const own = this.#created.get(user.userId);
    return own !== undefined && showsMark(user, own.token);
  }

  find(ids: readonly string[], type: string): Promise<readonly FullUser[]> {
    return findUsers(this.#probe, ids, type);
  }

  /**
   * Changes fields of test users. An item may also name a made-up id.
   *
   * @param question what it asks, for the journal
   */
  async update(question: string, items: readonly UserUpdate[]): Promise<Probed<unknown>> {
    this.#refuseAfterStop();
    const ids = [...new Set(items.map(({ userId }) => userId))];
    if (!ids.every((id) => this.#created.has(id) || this.#madeUp.has(id)))
      throw new RehearsalHalt("An update was not sent, because it names a user who is not a test user.");
    if (!(await this.find(ids, "user_id")).every((user) => this.isOurs(user)))
      throw new RehearsalHalt("An update was not sent, because a look-up shows a user without the mark.");
    this.#journal.write({ entry: "changing", change: question, id_type: "user_id", ids });
    const answer = await this.#calls.update(items);
    if (!answer.ok && answer.failure.transient) throw haltBy(answer);
    return answer;
  }

  /** Links a test user with an identity source of the pool. */
  async link({ userId, token }: TestUser, source: string): Promise<Probed<unknown>> {
    this.#refuseAfterStop();
    if (!(await this.find([userId], "user_id")).every((user) => this.isOurs(user)))
      throw new RehearsalHalt("A link was not sent, because a look-up shows a user without the mark.");
    this.#journal.write({ entry: "changing", change: "link", id_type: "user_id", ids: [userId] });
    const answer = await this.#calls.link(userId, source, token);
    if (!answer.ok && answer.failure.transient) throw haltBy(answer);
    return answer;
  }

  /**
   * Deletes test users by ids, once it is proven that the ids name nobody else.
   *
   * @param measure waits for the deletion to show, instead of three times the lag
   */
  async delete(deletion: Deletion, { measure = false } = {}): Promise<DeletionReading> {
    this.#refuseAfterStop();
    const why = await proveIds(deletion, {
      probe: this.#probe,
      run: this.run,
      created: this.#created,
      madeUp: this.#madeUp,
      wasEmpty: this.#others === 0,
    });
    if (why !== undefined) return { sent: false, why };
    const answer = await this.#send(deletion);
    const watched = this.shown;
    const shown =
      measure && answer.ok ? await this.#settling.until(() => this.#hasFewer(watched)) : undefined;
    const reading = await this.#settling.twice(() => this.#left(watched));
    const left = new Set(reading ? reading.value : await this.#left(watched));
    const gone = watched.filter(({ userId }) => !left.has(userId));
    for (const { userId } of gone) this.#gone.add(userId);
    await this.#checkOthers();
    return { sent: true, answer, gone, isSettled: reading !== undefined, ...(measure && { shown }) };
  }

  /** Deletes test users by their system user ids, whether or not look-ups show them. Never waits for consent or a signal. */
  async deleteLeft(users: readonly TestUser[]): Promise<Probed<unknown>> {
    const deletion = { question: "clean-up", ids: users.map(({ userId }) => userId), type: "user_id" };
    const found = await this.find(deletion.ids, "user_id");
    if (!users.every(({ userId }) => this.#created.has(userId)) || !found.every((user) => this.isOurs(user)))
      throw new RehearsalHalt("A deletion was not sent, because a look-up shows a user without the mark.");
    const answer = await this.#send(deletion);
    await this.#checkOthers();
    return answer;
  }

  async #send({ question, ids, type }: Deletion): Promise<Probed<DeletionReply | null | undefined>> {
    this.#journal.write({ entry: "changing", change: question, id_type: type, ids: [...ids] });
    const answer = await this.#calls.delete(ids, type);
    if (!answer.ok && answer.failure.transient) throw haltBy(answer);
    if (!answer.ok && answer.failure.reach === "every_call" && !isForbidden(answer)) throw haltBy(answer);
    return answer;
  }

  async #left(watched: readonly TestUser[]): Promise<string[]> {
    const found = await this.find(
      watched.map(({ userId }) => userId),
      "user_id",
    );
    return found.map(({ userId }) => userId).sort();
  }

  async #hasFewer(watched: readonly TestUser[]): Promise<boolean> {
    return (await this.#left(watched)).length < watched.length;
  }

  /** Halts everything if anybody else went. */
  async #checkOthers(): Promise<void> {
    const lost = async () => {
      const found = new Set((await this.find(this.#bystanders, "user_id")).map(({ userId }) => userId));
      const absent = this.#bystanders.filter((id) => !found.has(id)).length;
      const others = await countOthers(this.#probe, this.run);
      const fewer = others === undefined || this.#others === undefined ? 0 : this.#others - others;
      return Math.max(absent, fewer);
    };
    if ((await lost()) === 0) return;
    await this.#settling.pause();
    const number = await lost();
    if (number === 0) return;
    throw new RehearsalHalt(
      `${count(number, "other user")} disappeared after a deletion, so nothing further was sent. Perhaps somebody else deleted them; otherwise this service deletes others than asked, and no tool is safe with it. Find out who in the console.`,
      { leaveUsers: true },
    );
  }

  #refuseAfterStop(): void {
    if (this.#stop?.aborted) throw new RehearsalHalt(INTERRUPTED);
  }
}

/** Whether a service answered a change for what it asked, and not for who asked. */
export function isAnswered(answer: Probed<unknown>): boolean {
  return answer.ok || isRefusal(answer);
}
