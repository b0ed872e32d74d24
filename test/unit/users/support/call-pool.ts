import { expect } from "@jest/globals";
import { type DirectoryUser, FirstSuspension, UserIdType } from "../../../../src/users";
import { type CallOptions, CallRun, type Target } from "../../../../src/users/calls/call-run";
import { reactivateUsers, suspendUsers } from "../../../../src/users/calls/change-status";
import { deleteUsers } from "../../../../src/users/calls/delete-users";
import type { Ending } from "../../../../src/users/calls/ending";
import { type Fault, type ModelCall, ModelDirectory, readerOf } from "../../../support/users/model-directory";
import { idOf, people, person, systemId } from "../../../support/users/people";

type Method = ModelCall["method"];

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

/** The numbers from 1, or from another one, to `last`. */
export function numbers(last: number, from = 1): number[] {
  return Array.from({ length: last - from + 1 }, (_, index) => from + index);
}

/** The same text for several users, by number. */
export function each(of: readonly number[], text: string): Record<number, string> {
  return Object.fromEntries(of.map((number) => [number, expect.stringContaining(text) as unknown as string]));
}

/**
 * A pool of users 1 to `size`, whom a set names by e-mail address and a change deletes, suspends or reactivates. Pauses take no time. A stranger
 * is in the pool, too.
 */
export class CallPool {
  readonly directory: ModelDirectory;
  readonly stop = new AbortController();
  /** The pauses so far, in milliseconds. */
  readonly pauses: number[] = [];
  /** Called in each pause. */
  onPause = (): void => {};
  /** Called after each read of all fields. */
  afterFullRead = (): void => {};
  private options: Partial<CallOptions> = {};
  private readonly expected = new Map<number, Partial<Target>>();
  private first: FirstSuspension;

  constructor(readonly size: number) {
    this.directory = new ModelDirectory([...people(1, size), person(999_999)]);
    const read = readerOf(this.directory);
    this.first = new FirstSuspension(async (...call) => {
      const outcome = await read(...call);
      this.afterFullRead();
      return outcome;
    });
  }

  /** Changes how calls are made. */
  with(options: Partial<CallOptions>): this {
    this.options = { ...this.options, ...options };
    return this;
  }

  /** Waited suspended until the day of the deletion, which came on January 1st, 2026. */
  waited(...who: readonly number[]): this {
    for (const number of who) {
      const mark = { status: "Suspended", statusChangedAt: "2025-12-01T00:00:00.000Z" };
      this.changes(number, mark);
      this.expected.set(number, { due: { ...mark, deleteFrom: "2026-01-01T00:00:00Z" } });
    }
    return this;
  }

  /** Gives a user other fields. */
  changes(number: number, fields: Partial<DirectoryUser>): void {
    this.directory.put({ ...(this.directory.get(systemId(number)) ?? person(number)), ...fields });
  }

  /** The e-mail address of a user becomes that of a stranger, too, or of the stranger only. */
  passesOn(number: number, shared = false): void {
    if (!shared) this.changes(number, { email: `former${number}@example.com` });
    this.directory.put(person(5_000, { email: emailOf(number) }));
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

  /** What calls of a method answer; other calls answer as they should. */
  answers(method: Method, answer: (call: ModelCall, nth: number) => Fault): this {
    const { directory } = this;
    const before = directory.fault;
    directory.fault = (call, nth) =>
      (call.method === method ? answer(call, nth) : undefined) ?? before(call, nth);
    return this;
  }

  async delete(): Promise<Ended> {
    return this.ended(await deleteUsers({ ...this.callOptions(), users: this.targets() }));
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
    const { directory } = this;
    const ended: Record<string, number[]> = {};
    const told: Record<string, Record<number, string>> = {};
    for (const [index, [{ userId }, ending]] of [...endings].entries()) {
      const number = index + 1;
      if (ending.kind === "gone") expect(directory.has(userId)).toBe(false);
      if (ending.kind === "unchanged") expect(directory.deleted).not.toContain(userId);
      if (ending.kind === "survivor") (told["survived"] ??= {})[number] = ending.reason;
      else if (ending.kind === "unchanged") (told["leftAlone"] ??= {})[number] = ending.because?.kind ?? "";
      else (ended[nameOf(ending)] ??= []).push(number);
    }
    const targets = new Set([...endings.keys()].map(({ userId }) => userId));
    expect(directory.deleted.filter((userId) => !targets.has(userId))).toEqual([]);
    return { ...ended, ...told };
  }
}

function nameOf(ending: Ending): string {
  return ending.kind === "suspended" && !ending.user.isOurs ? "waitingOnly" : ending.kind;
}

/** The e-mail address of a user. */
export function emailOf(number: number): string {
  return idOf(person(number), UserIdType.EMAIL);
}
