import { expect } from "@jest/globals";
import { type DirectoryFailure, type DirectoryUser, FirstSuspension, UserIdType } from "../../../src/users";
import { type CallOptions, CallRun, type Target } from "../../../src/users/calls/call-run";
import { reactivateUsers, suspendUsers } from "../../../src/users/calls/change-status";
import { deleteUsers, type DeletionRequest } from "../../../src/users/calls/delete-users";
import type { Ending } from "../../../src/users/calls/ending";
import { LOST } from "./failures";
import { type Fault, type ModelCall, ModelDirectory, readerOf } from "./model-directory";
import { emailOf, people, person, systemId } from "./people";

type Method = ModelCall["method"];

/** The number of somebody whom no set names. */
const STRANGER = 5_000_000;

/** How it ended for users 1, 2, 3, …, by number. Kinds that nobody has are left out. */
export interface Ended {
  readonly gone?: readonly number[];
  /** Suspended by the set. */
  readonly suspended?: readonly number[];
  /** Waiting for the deletion, and not suspended by the set. */
  readonly waitingOnly?: readonly number[];
  readonly reactivated?: readonly number[];
  /** Why, by number. */
  readonly survived?: Readonly<Record<number, string>>;
  /** The kind of the reason, by number. */
  readonly leftAlone?: Readonly<Record<number, string>>;
}

/** The numbers from 1 to `last`. */
export const numbers = (last: number): number[] => numbersFrom(1, last);

/** The numbers from `first` to `last`. */
export function numbersFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The same text for several users, by number. */
export function each(of: readonly number[], text: string): Record<number, string> {
  return Object.fromEntries(of.map((number) => [number, expect.stringContaining(text) as unknown as string]));
}

/** Which calls of a method, from now on; all of them, unless it says less. */
export interface Which {
  /** Only those by ids of this type, which are counted alone. */
  readonly by?: UserIdType;
  /** Only those that name this user, which are counted alone. */
  readonly naming?: number;
  /** Only this one, from 1. */
  readonly nth?: number;
  /** Only the first so many. */
  readonly first?: number;
}

type OnProgress = DeletionRequest["onProgress"];

/** See `UserPool`. */
export function poolOf(size: number): UserPool {
  return new UserPool(size);
}

/**
 * A pool of users 1 to `size`, whom a set names by e-mail address and a change deletes, suspends or reactivates. Pauses take no time. A stranger
 * is in the pool, too.
 */
export class UserPool {
  readonly directory: ModelDirectory;
  readonly stop = new AbortController();
  /** The pauses so far, in milliseconds. */
  readonly pauses: number[] = [];
  /** Called in each pause. */
  onPause = (): void => {};
  /** Further fields in the record of each user, which nothing but a reading of all fields shows. */
  recordFields: object = {};
  private deletionDays: Readonly<Record<number, string>> = {};
  private options: Partial<CallOptions> = {};
  private readonly expected = new Map<number, Partial<Target>>();
  private readonly first: FirstSuspension;

  constructor(readonly size: number) {
    this.directory = new ModelDirectory([...people(1, size), person(999_999)]);
    const read = readerOf(this.directory);
    this.first = new FirstSuspension(async (...call) => {
      const found = await read(...call);
      return found.ok
        ? { ok: true, value: found.value.map((user) => ({ ...user, ...this.recordFields })) }
        : found;
    });
  }

  /** Its deletions go through the guard, which looks users up right before their call. */
  underTheGuard(): this {
    this.directory.looksBeforeDeletion = true;
    return this;
  }

  /** Changes how calls are made. */
  with(options: Partial<CallOptions>): this {
    this.options = { ...this.options, ...options };
    return this;
  }

  /** All of them have waited, suspended, for the day of the deletion. The clock of the model begins on 2026-01-01, at nine. */
  whoseUsersWaitedUntil(deleteFrom: string): this {
    for (const number of numbers(this.size)) {
      const mark = { status: "Suspended", statusChangedAt: "2025-12-01T00:00:00.000Z" };
      this.changes(number, mark);
      this.expected.set(number, { due: { ...mark, deleteFrom } });
    }
    return this;
  }

  /** Gives a user other fields. */
  changes(number: number, fields: Partial<DirectoryUser>): void {
    this.directory.put({ ...(this.directory.get(systemId(number)) ?? person(number)), ...fields });
  }

  /** The e-mail address of a user becomes that of a stranger. */
  passesOn(number: number): void {
    this.changes(number, { email: `former${number}@example.com` });
    this.sharesId(number);
  }

  /** The e-mail address of a user becomes that of a stranger, too. */
  sharesId(number: number): void {
    this.directory.put(person(STRANGER, { email: emailOf(number) }));
  }

  /** Whether the stranger still has an account who got somebody's address. */
  hasStranger(): boolean {
    return this.directory.has(systemId(STRANGER));
  }

  /** Somebody else sets the status of a user. */
  setsStatus(number: number, status: string): void {
    this.directory.changeStatus(systemId(number), status);
  }

  /** Somebody else deletes users. */
  removes(...who: readonly number[]): void {
    for (const number of who) this.directory.remove(systemId(number));
  }

  /** Happens when the n-th call of a method arrives, before it has an effect. */
  at(method: Method, nth: number, happen: () => void): this {
    const { directory } = this;
    const before = directory.onCall;
    const from = directory.callsOf(method).length;
    directory.onCall = (call) => {
      before(call);
      if (call.method === method && directory.callsOf(method).length === from + nth) happen();
    };
    return this;
  }

  /** These calls fail, and take no effect. */
  whoseCallsFail(method: Method, failure: DirectoryFailure, which: Which = {}): this {
    return this.answer(method, which, { failure });
  }

  /** The answers to these calls are lost. Nobody can tell whether the calls took effect: they did not, unless `which` says so. */
  whoseAnswerIsLost(method: Method, which: Which & { readonly tookEffect?: boolean } = {}): this {
    const { tookEffect = false, ...calls } = which;
    return this.answer(method, calls, { failure: LOST, after: tookEffect });
  }

  /** These calls are answered with success, and take no effect. */
  whoseCallsDoNothing(method: Method, which: Which = {}): this {
    return this.answer(method, which, { lie: true });
  }

  /** These look-ups succeed, and show nobody. */
  whoseLookUpsShowNobody(which: Which = {}): this {
    return this.answer("findUsers", which, { omit: true });
  }

  private answer(method: Method, { by, naming, nth, first = Infinity }: Which, fault: Fault): this {
    const { directory } = this;
    const before = directory.fault;
    let seen = 0;
    directory.fault = (call, number) => {
      const names = naming === undefined || call.ids.some((id) => namesOf(naming).includes(id));
      const isMeant = call.method === method && (by === undefined || call.type === by) && names;
      if (isMeant) seen += 1;
      const isIts = isMeant && (nth === undefined ? seen <= first : seen === nth);
      return isIts ? fault : before(call, number);
    };
    return this;
  }

  /** Deletes all of them, or the users of these targets. */
  async delete(users: readonly Target[] = this.targets(), onProgress?: OnProgress): Promise<Ended> {
    return this.ended(await deleteUsers({ ...this.callOptions(), users, onProgress }));
  }

  async suspend(): Promise<Ended> {
    const run = new CallRun(this.callOptions());
    return this.ended(await suspendUsers(run, this.targets(), { days: 14, first: this.first }));
  }

  /** Gives all who are suspended their status back, if they are still as they are now when the call comes. */
  async reactivate(): Promise<Ended> {
    const users = this.targets().map((target) => {
      const { status, statusChangedAt } = this.directory.get(target.userId) ?? {};
      return { ...target, status, statusChangedAt };
    });
    return this.ended(await reactivateUsers(new CallRun(this.callOptions()), users));
  }

  /** Suspends everybody, a day ago. */
  async suspendedBefore(): Promise<this> {
    await this.suspend();
    this.directory.letPass(1);
    this.directory.forget();
    return this;
  }

  /** How many users each call of a method named, in order. */
  sizesOf(method: Method): number[] {
    return this.directory.callsOf(method).map(({ ids }) => ids.length);
  }

  /** The users whose status is not `Activated`, by number. */
  statuses(): Record<number, string> {
    return Object.fromEntries(
      numbers(this.size).flatMap((number) => {
        const { status = "" } = this.directory.get(systemId(number)) ?? {};
        return status === "Activated" ? [] : [[number, status]];
      }),
    );
  }

  /** The day from which a user is deleted, as the last suspension has said. */
  dayOf(number: number): string | undefined {
    return this.deletionDays[number];
  }

  private callOptions(): CallOptions {
    return {
      directory: this.directory,
      type: UserIdType.EMAIL,
      maxAttempts: 4,
      confirmWithinMs: 1_000,
      stop: this.stop.signal,
      sleep: (milliseconds) => {
        this.pauses.push(milliseconds);
        this.onPause();
        return Promise.resolve();
      },
      ...this.options,
    };
  }

  private targets(): Target[] {
    return numbers(this.size).map((number) => ({
      id: emailOf(number),
      label: "",
      userId: systemId(number),
      ...this.expected.get(number),
    }));
  }

  /** Checks what must hold however it ends, and says how it ended. */
  private ended(endings: ReadonlyMap<Target, Ending>): Ended {
    this.checkTruth(endings);
    const numbered = [...endings.values()].map((ending, index) => ({ number: index + 1, ending }));
    const whoIs = (kind: string) =>
      numbered.flatMap(({ number, ending }) => (nameOf(ending) === kind ? [number] : []));
    const survived = numbered.flatMap(({ number, ending }) =>
      ending.kind === "survivor" ? [[number, ending.reason] as const] : [],
    );
    const leftAlone = numbered.flatMap(({ number, ending }) =>
      ending.kind === "unchanged" ? [[number, ending.because?.kind ?? ""] as const] : [],
    );
    this.deletionDays = Object.fromEntries(
      numbered.flatMap(({ number, ending }) =>
        ending.kind === "suspended" ? [[number, ending.user.deleteFrom]] : [],
      ),
    );
    const lists = Object.entries({
      gone: whoIs("gone"),
      suspended: whoIs("suspended"),
      waitingOnly: whoIs("waitingOnly"),
      reactivated: whoIs("reactivated"),
    });
    return {
      ...Object.fromEntries(lists.filter(([, who]) => who.length > 0)),
      ...(survived.length > 0 && { survived: Object.fromEntries(survived) }),
      ...(leftAlone.length > 0 && { leftAlone: Object.fromEntries(leftAlone) }),
    };
  }

  /** Who is gone has no account, who is left alone was not deleted, and nobody else was. */
  private checkTruth(endings: ReadonlyMap<Target, Ending>): void {
    const deleted = new Set(this.directory.deleted);
    const targets = new Set([...endings.keys()].map(({ userId }) => userId));
    const ofKind = (kind: Ending["kind"]) =>
      [...endings].flatMap(([{ userId }, ending]) => (ending.kind === kind ? [userId] : []));
    expect(ofKind("gone").filter((userId) => this.directory.has(userId))).toEqual([]);
    expect(ofKind("unchanged").filter((userId) => deleted.has(userId))).toEqual([]);
    expect([...deleted].filter((userId) => !targets.has(userId))).toEqual([]);
  }
}

/** The ids by which calls name a user. */
function namesOf(number: number): string[] {
  return [systemId(number), emailOf(number)];
}

/** The name of an ending in `Ended`. */
function nameOf(ending: Ending): string {
  return ending.kind === "suspended" && !ending.user.isOurs ? "waitingOnly" : ending.kind;
}
