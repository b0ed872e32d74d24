import { setMaxListeners } from "node:events";
import { sleep } from "../../timing";
import type { DirectoryFailure, DirectoryUser, Outcome, UserDirectory, UserIdType } from "../directory";
import { mayNameUser, userIdKey } from "../ids/id-types";
import { BatchLookUp } from "../look-up/batch-look-up";
import { failuresOf, type Resolution } from "../look-up/resolution";
import type { ProtectedMatch } from "../reasons";
import { isUnchanged, type StatusMark } from "../status";
import type { WaitingUser } from "../waiting-user";
import type { LateReason, Shortfall, Ending } from "./ending";

/** A user that a call is to name. A look-up must have found the user. */
export interface Target {
  /** The id by which the set named the user, of the set's type. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** The system user id of the user that the id names. */
  readonly userId: string;
  /**
   * What must hold right before every call of a user who waited until the day of the deletion: the status
   * that a look-up shows, the day by GenAuth's clock, and that the user has the id. Absent for a user who
   * leaves with this change.
   */
  readonly due?: DueUser;
}

/** A user who waited. A refresh has seen that the day of the deletion has come. */
export type DueUser = StatusMark & Pick<WaitingUser, "deleteFrom">;

/** Which ids the deletion calls carry. */
export enum DeleteBy {
  /** The declared ids, of the set's type. GenAuth deletes the user that has the id when the call arrives. */
  DECLARED_ID = "declared_id",
  /**
   * The system user ids of the users that were looked up. If an id passes to another user, that user is not
   * deleted.
   */
  USER_ID = "user_id",
}

/** Records all fields of users before they are deleted, so that their accounts can be created again. */
export interface DeletionRecord {
  /**
   * Records up to 50 users. Settles only when a crash of this machine can no longer destroy the recorded
   * data.
   *
   * @param targets the users that the next call will delete
   * @param type the type of their ids
   * @param stop start nothing new once this fires
   * @returns the recorded users with their recorded data, by system user id; no other user may be deleted
   */
  keep(
    targets: readonly Target[],
    type: UserIdType,
    stop: AbortSignal,
  ): Promise<Outcome<ReadonlyMap<string, DirectoryUser>>>;
  /**
   * Records that users are about to be suspended: their ids, their status and the time. All other fields are
   * recorded before the deletion, and not of somebody who may come back. Settles like `keep`.
   *
   * @param statuses the users that the next call will suspend, with their status before it
   */
  noteSuspension(statuses: ReadonlyMap<Target, string>, type: UserIdType): Promise<Outcome<void>>;
}

/** How users are deleted, or their status is set. */
export interface CallOptions {
  readonly directory: UserDirectory;
  /** The type of the ids. */
  readonly type: UserIdType;
  /** Default `DECLARED_ID`. */
  readonly deleteBy?: DeleteBy;
  /** Finish what is in flight, start nothing new, once this fires. */
  readonly stop?: AbortSignal;
  /** How often the same users are sent if answers are lost; at least 1. */
  readonly maxAttempts: number;
  /**
   * For how long each chunk of 50 users is read back until the deleted users are gone, in milliseconds.
   */
  readonly confirmWithinMs: number;
  /**
   * Finds the protected id of a user. A user may get a protected id while the chunk waits; a look-up right
   * before the call shows that. Absent if nobody is protected.
   */
  readonly findProtectedId?: (user: DirectoryUser) => ProtectedMatch | undefined;
  /**
   * Whether a user has an id that may leave the set without a deletion; absent if there is none. Checked like
   * a protected id.
   */
  readonly isRetained?: (user: DirectoryUser) => boolean;
  /** Records users before they are deleted; if absent, nobody is recorded. */
  readonly record?: DeletionRecord;
  /** Waits the given milliseconds, or until the signal fires. Tests pass their own. */
  readonly sleep?: (milliseconds: number, stop: AbortSignal) => Promise<void>;
}

/**
 * For how long after an interrupt the sent calls are still read back, in milliseconds. At the default pace,
 * one look-up of each chunk in progress takes 4 s. Without this limit, a server that does not answer would
 * delay the end for minutes.
 */
const READ_AFTER_INTERRUPT_MS = 15_000;

/**
 * Carries something out once for each user. Two ids may name one user, and then it ends alike for both.
 *
 * @param carryOut finds out how it ends for each of them
 * @returns how it ended for each target, in the given order
 */
export async function oncePerUser<T extends Target>(
  targets: readonly T[],
  carryOut: (distinct: readonly T[]) => Promise<ReadonlyMap<T, Ending>>,
): Promise<Map<T, Ending>> {
  const firsts = new Map<string, T>();
  for (const target of targets) {
    const key = userIdKey(target.userId);
    if (!firsts.has(key)) firsts.set(key, target);
  }
  const endings = await carryOut([...firsts.values()]);
  return new Map(
    targets.flatMap((target): [T, Ending][] => {
      const first = firsts.get(userIdKey(target.userId));
      const ending = first && endings.get(first);
      return ending === undefined ? [] : [[target, endingOf(target, ending)]];
    }),
  );
}

/** The ending of a user, for one of the user's ids. */
function endingOf({ id, label }: Target, ending: Ending): Ending {
  return ending.kind === "suspended" ? { ...ending, user: { ...ending.user, id, label } } : ending;
}

/** One run of calls: the state that all its chunks share, above all whether to continue. */
export class CallRun {
  /** Fires when no call may be started any more. */
  readonly sending: AbortSignal;
  /**
   * Fires when not even a look-up makes sense. After an interrupt, sent calls are still read back for a
   * while.
   */
  readonly reading: AbortSignal;
  private readonly abandoned = new AbortController();
  private failure?: DirectoryFailure;

  constructor(readonly options: CallOptions) {
    const { stop } = options;
    this.reading = this.abandoned.signal;
    this.sending = stop ? AbortSignal.any([stop, this.reading]) : this.reading;
    // Each waiting chunk and look-up adds a listener; without this, Node.js would warn of a leak.
    setMaxListeners(0, this.sending, this.reading);
    if (stop) abortAfter(READ_AFTER_INTERRUPT_MS, stop, this.abandoned);
  }

  /** Why no call may be started any more; `undefined` while the run continues. */
  getHaltReason(): Shortfall | undefined {
    if (this.failure) return this.getReadFailure();
    return this.sending.aborted ? { reason: "Not attempted: interrupted." } : undefined;
  }

  /** Why not even a look-up makes sense: a failure that affects every call. */
  getReadFailure(): Shortfall | undefined {
    return this.failure && { reason: this.failure.message, failure: this.failure };
  }

  /** Looks up at most 50 users. A failure that affects every call halts the run. */
  async lookUp(
    ids: readonly string[],
    type: UserIdType,
    stop: AbortSignal,
  ): Promise<ReadonlyMap<string, Resolution>> {
    const resolutions = await new BatchLookUp(this.options.directory, type, stop).lookUp(ids);
    for (const failure of failuresOf(resolutions).values()) this.note(failure);
    return resolutions;
  }

  /** Finds a reason not to name a user who was looked up right before a call (P5, P6, P9, P10, P14). */
  findLateReason({ id, due }: Target, user: DirectoryUser): LateReason | undefined {
    const { findProtectedId, isRetained, type, directory } = this.options;
    if (isRetained?.(user)) return { kind: "retained" };
    const protectedId = findProtectedId?.(user);
    if (protectedId) return { kind: "protected", ...protectedId };
    if (!due) return undefined;
    if (!isUnchanged(due, user)) return { kind: "status_changed", status: user.status };
    if (!mayNameUser(id, type, user)) return { kind: "moved", user };
    // The refresh that saw the day come may have got a wrong time.
    const serviceTime = directory.serviceTime();
    const { deleteFrom } = due;
    const hasCome = serviceTime !== undefined && serviceTime >= Date.parse(deleteFrom);
    return hasCome ? undefined : { kind: "day_not_come", deleteFrom, serviceTime };
  }

  /** Notes a failure. One that affects every call halts the run. */
  note(failure: DirectoryFailure): void {
    if (failure.reach !== "every_call" || this.getHaltReason()) return;
    this.failure = failure;
    this.abandoned.abort();
  }

  /**
   * Waits for parts of the run. If an error of this program ends one of them, nothing new is started, and the
   * error is thrown once the other parts have finished their calls in flight. So nobody is deleted after the
   * run has ended.
   */
  async awaitAll<T>(parts: readonly Promise<T>[]): Promise<T[]> {
    const halting = parts.map((part) =>
      part.catch((thrown: unknown) => {
        this.abandoned.abort();
        throw thrown;
      }),
    );
    await Promise.allSettled(halting);
    return await Promise.all(halting);
  }

  /** Waits the given milliseconds, or until the run is halted. */
  async wait(milliseconds: number): Promise<void> {
    await (this.options.sleep ?? sleep)(milliseconds, this.sending);
  }
}

/**
 * A separate function, so that the listener retains only its arguments: `stop` may live as long as the
 * process.
 */
function abortAfter(milliseconds: number, stop: AbortSignal, later: AbortController): void {
  const wait = (): void => void setTimeout(() => later.abort(), milliseconds).unref();
  stop.addEventListener("abort", wait);
}
