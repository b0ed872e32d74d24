import {
  type FullUser,
  type Probed,
  type TestUserCalls,
  unknownUserId,
  type UserToCreate,
  type UserUpdate,
} from "../api";
import { count, UserIdType } from "../users";
import { describeFailure, type Failed, isDeclined } from "./finding";
import type { Journal } from "./journal";
import { type EmailDomain, isTokenOf, markedUser, newToken, showsMark, type TestUser } from "./marks";
import { Interruption, type Readings } from "./readings";

/** What the service did says that nothing further may be asked. */
export class RehearsalStop extends Error {
  /** @param leaveUsers whether not even the test users may be deleted now */
  constructor(
    message: string,
    readonly leaveUsers = false,
  ) {
    super(message);
  }
}

/** A deletion call. */
export interface Deletion {
  /** What it asks, for the journal. */
  readonly question: string;
  readonly ids: readonly string[];
  readonly type: UserIdType;
  /** Who should be gone after it. */
  readonly meant: readonly TestUser[];
}

/** What became of a deletion. */
export type DeletionReading =
  /** It was not certain that it could concern nobody else. */
  | { readonly sent: false; readonly why: string }
  | {
      readonly sent: true;
      /** Why the service did not carry it out. */
      readonly declined: Failed | undefined;
      /** The test users who are gone since. */
      readonly gone: readonly TestUser[];
      /** When everybody who was meant was gone, in milliseconds; `undefined` if somebody is not. */
      readonly lag: number | undefined;
    };

export type Sent = Extract<DeletionReading, { sent: true }>;

/** What became of a creation. */
export type Creation =
  | { readonly declined: Failed }
  | { readonly declined?: undefined; readonly users: readonly TestUser[] };

export interface TestUsersOptions {
  readonly readings: Readings;
  /** Nothing else in a rehearsal may have these. */
  readonly calls: TestUserCalls;
  readonly journal: Journal;
  /** System user ids of others who must still be there after each deletion. */
  readonly bystanders: readonly string[];
  /** How many others a search counted before the run, if it can. */
  readonly others?: number | undefined;
  /** How long a change may take to show, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * The only way to a change. It knows whom this run created, proves before each change that it can concern nobody else, and
 * looks after each deletion whether others are still there.
 */
export class TestUsers {
  readonly #options: TestUsersOptions;
  readonly #created = new Map<string, TestUser>();
  readonly #gone = new Set<string>();
  readonly #madeUp = new Set<string>();
  /** Where the e-mails of new users end. */
  emailDomain: EmailDomain = ".invalid";

  constructor(options: TestUsersOptions) {
    this.#options = options;
  }

  /** The mark of the run. */
  get run(): string {
    return this.#options.journal.state.run;
  }

  /** The test users who are not known to be gone. */
  get alive(): readonly TestUser[] {
    return [...this.#created.values()].filter(({ userId }) => !this.#gone.has(userId));
  }

  /** Makes up a system user id that nobody has. */
  makeUpId(): string {
    const id = unknownUserId();
    this.#madeUp.add(id);
    return id;
  }

  /** Takes in a user of an earlier creation, as the journal or a look-up by exact marks names it. */
  adopt(token: string, userId: string): TestUser {
    if (!isTokenOf(this.run, token))
      throw new RehearsalStop("The journal names a mark that is not one of its run.");
    const user = { ...markedUser(token, this.emailDomain), userId, token };
    this.#created.set(userId, user);
    return user;
  }

  /** Whether a user in an answer is a test user, and shows it. */
  isOurs(user: FullUser): boolean {
    const own = this.#created.get(user.userId);
    return own !== undefined && showsMark(user, own.token);
  }

  /** Test users as look-ups show them, in their order; `undefined` for one who is not shown. */
  async read(users: readonly TestUser[]): Promise<(FullUser | undefined)[]> {
    const ids = users.map(({ userId }) => userId);
    const found = await this.#options.readings.find(ids, UserIdType.USER_ID);
    if (!ids.every((id) => this.#created.has(id)) || !found.every((user) => this.isOurs(user)))
      throw new RehearsalStop("A look-up of a test user shows another user.");
    return ids.map((id) => found.find(({ userId }) => userId === id));
  }

  /** Reads until something shows, as long as a change may take. @returns after how many milliseconds */
  async until(shows: () => Promise<boolean>): Promise<number | undefined> {
    const { readings, journal, patienceMs } = this.#options;
    const lag = await readings.until(shows, patienceMs);
    if (readings.lagMs > journal.state.lagMs) journal.write({ lagMs: readings.lagMs });
    return lag;
  }

  /**
   * Creates users, and waits until look-ups show them.
   *
   * @param fields what each has beside its marks, or instead of them the marks of one who is gone
   */
  async create(fields: readonly Partial<UserToCreate>[]): Promise<Creation> {
    const { readings, calls, journal, bystanders } = this.#options;
    const wanted = fields.map((own) => ({ ...markedUser(newToken(this.run), this.emailDomain), ...own }));
    readings.refuseAfterStop();
    const { tokens, created } = journal.state;
    journal.write({ tokens: [...tokens, ...wanted.map(({ username }) => username)] });
    const answer = await calls.create(wanted);
    if (!answer.ok && isDeclined(answer) && answer.failure.effect !== "unknown") return { declined: answer };
    if (!answer.ok) throw new Interruption(describeFailure(answer));
    const users = wanted.flatMap((user) => {
      const own = answer.value.find((shown) => showsMark(shown, user.username));
      return own ? [{ ...user, userId: own.userId, token: user.username }] : [];
    });
    // An id that was there before belongs to somebody else, whatever the answer says.
    const before = new Set([...bystanders, ...this.#created.keys()]);
    const fresh = users.filter(({ userId }) => !before.has(userId));
    journal.write({ created: [...created, ...fresh.map(({ token, userId }) => ({ token, userId }))] });
    for (const user of fresh) this.#created.set(user.userId, user);
    const ids = new Set(fresh.map(({ userId }) => userId));
    if (ids.size !== wanted.length || answer.value.length !== wanted.length)
      throw new RehearsalStop("The answer to a creation does not show the users that were to be created.");
    const lag = await this.until(async () => !(await this.read(fresh)).includes(undefined));
    if (lag === undefined) throw new RehearsalStop("Look-ups do not show a user who was created.");
    return { users: fresh };
  }

  /** Changes the status of test users, in one call. @returns why the service did not carry it out */
  async setStatus(users: readonly TestUser[], status: UserUpdate["status"]): Promise<Failed | undefined> {
    await this.read(users);
    // An item names the external id too, which is a mark: a service may empty the fields that it leaves out.
    const items = users.map(({ userId, externalId }) => ({ userId, externalId, status }));
    const ids = users.map(({ userId }) => userId);
    return this.#send({ question: status, ids, type: UserIdType.USER_ID }, () =>
      this.#options.calls.update(items),
    );
  }

  /** Deletes test users by ids, once it is proven that the ids name nobody else. */
  async delete(deletion: Deletion): Promise<DeletionReading> {
    const { ids, type, meant } = deletion;
    for (const id of ids) {
      const why = await this.#findDoubt(id, type);
      if (why !== undefined) return { sent: false, why };
    }
    const alive = this.alive;
    const before = await this.read(alive);
    const watched = alive.filter((_, at) => before[at] !== undefined);
    const declined = await this.#sendDeletion(deletion);
    const lag =
      declined || meant.length === 0
        ? undefined
        : await this.until(async () => (await this.read(meant)).every((user) => user === undefined));
    await this.#options.readings.pause();
    const after = await this.read(watched);
    const gone = watched.filter((_, at) => after[at] === undefined);
    for (const { userId } of gone) this.#gone.add(userId);
    await this.#checkOthers();
    return { sent: true, declined, gone, lag };
  }

  /** Deletes test users by system user ids or made-up ones, which is always proven. */
  async deleteByUserId(
    question: string,
    meant: readonly TestUser[],
    madeUp: readonly string[] = [],
  ): Promise<Sent> {
    const ids = [...meant.map(({ userId }) => userId), ...madeUp];
    const reading = await this.delete({ question, ids, type: UserIdType.USER_ID, meant });
    if (!reading.sent) throw new RehearsalStop(`A deletion was not sent, because ${reading.why}.`);
    return reading;
  }

  /** Deletes test users for the clean-up, whether or not look-ups show them. @returns why the service did not carry it out */
  async deleteLeft(users: readonly TestUser[]): Promise<Failed | undefined> {
    await this.read(users);
    const ids = users.map(({ userId }) => userId);
    const declined = await this.#sendDeletion({ question: "clean-up", ids, type: UserIdType.USER_ID });
    await this.#checkOthers();
    return declined;
  }

  #sendDeletion(deletion: Omit<Deletion, "meant">): Promise<Failed | undefined> {
    const { ids, type } = deletion;
    return this.#send(deletion, () => this.#options.calls.delete(ids, type));
  }

  /** Sends a change once the journal has it. @throws Interruption if it is unknown what became of it */
  async #send(
    { question, ids, type }: Omit<Deletion, "meant">,
    call: () => Promise<Probed<unknown>>,
  ): Promise<Failed | undefined> {
    this.#options.readings.refuseAfterStop();
    this.#options.journal.write({ sent: { change: question, type, ids: [...ids] } });
    const answer = await call();
    if (answer.ok) return undefined;
    if (!isDeclined(answer)) throw new Interruption(describeFailure(answer));
    return answer;
  }

  /**
   * Proves that an id can name nobody but test users, also where a service takes it as a part of others, or word by word.
   *
   * @returns why it is not proven
   * @throws RehearsalStop if a test user's id shows somebody else
   */
  async #findDoubt(id: string, type: UserIdType): Promise<string | undefined> {
    const { readings } = this.#options;
    const own = type === UserIdType.USER_ID ? this.#created.get(id) : undefined;
    // Whoever the answer to a creation named is a test user. Look-ups may hide it, but must not show anybody else.
    if (own) return void (await this.read([own]));
    const found = await readings.find([id], type);
    if (this.#madeUp.has(id))
      return found.length > 0 ? "a look-up of an id that was made up finds somebody" : undefined;
    if (!found.every((user) => this.isOurs(user))) return "a look-up by it finds somebody else";
    const words = wordsOf(id).filter((word) => !word.includes(this.run) && !this.#madeUp.has(word));
    if (words.length === 0) return undefined;
    const listed = await readings.list();
    if (!listed?.isWhole || listed.total !== listed.users.length)
      return "the list does not show who else may have a word of it";
    const others = listed.users.filter((user) => !this.isOurs(user));
    return others.some((user) => words.some((word) => JSON.stringify(user).toLowerCase().includes(word)))
      ? "somebody else has a word of it"
      : undefined;
  }

  /** Halts everything if anybody else went. */
  async #checkOthers(): Promise<void> {
    if ((await this.#countLost()) === 0) return;
    await this.#options.readings.pause();
    const number = await this.#countLost();
    if (number === 0) return;
    throw new RehearsalStop(
      `${count(number, "other user")} disappeared after a deletion, so nothing further was sent. Perhaps somebody else deleted them; otherwise this service deletes others than asked, and no tool is safe with it. Find out who in the console.`,
      true,
    );
  }

  /** How many others are gone: of those who are looked up, or of all whom a search counts. */
  async #countLost(): Promise<number> {
    const { readings, bystanders, others = 0 } = this.#options;
    const found = new Set((await readings.find(bystanders, UserIdType.USER_ID)).map(({ userId }) => userId));
    const absent = bystanders.filter((id) => !found.has(id)).length;
    const counted = others > 0 ? await countOthers(readings, this.run) : undefined;
    return Math.max(absent, counted === undefined ? 0 : others - counted);
  }
}

/** The search for the test users of a run. */
export function searchOf(run: string) {
  return { conditions: [{ field: "username", operator: "CONTAINS", value: run }] } as const;
}

/** How many users are not of a run, by a search; `undefined` if it is refused. A service that ignores its condition counts all. */
export async function countOthers(readings: Readings, run: string): Promise<number | undefined> {
  const search = { conditions: [{ field: "username", operator: "NOT_CONTAINS", value: run }] } as const;
  return (await readings.list(search, 1))?.total;
}

function wordsOf(id: string): string[] {
  return id
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
