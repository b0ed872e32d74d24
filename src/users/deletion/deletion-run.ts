import { setMaxListeners } from "node:events";
import { sleep } from "../../timing";
import type { DirectoryFailure, DirectoryUser, Outcome, UserDirectory } from "../directory";
import { UserIdType } from "../user-id-type";
import type { ArchivedByOthers } from "../refresh/archive";

/** A user to delete. Only somebody whom a look-up found can be one. */
export interface Target {
  /** The id by which the set named the user, of the set's type. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** Whom the id names, by the system user id. */
  readonly userId: string;
}

/** Which ids the deletion calls carry. */
export enum DeleteBy {
  /** The declared ids, of the set's type. Whoever holds such an id when the call arrives is deleted. */
  DECLARED_ID = "declared_id",
  /** The system user ids of those who were looked up: an id that passes to somebody else deletes nobody else. */
  USER_ID = "user_id",
}

/** Keeps the full record of users before they are deleted, so that their accounts can be created anew from it. */
export interface DeletionRecord {
  /**
   * Records up to 50 users. Settles only when the records are where a crash of this machine does not take them.
   *
   * @param targets whom the next call will delete
   * @param type the type of their ids
   * @param stop start nothing new once this fires
   * @returns those who are recorded now, as their records show them, by system user id: nobody else may be deleted
   */
  keep(
    targets: readonly Target[],
    type: UserIdType,
    stop: AbortSignal,
  ): Promise<Outcome<ReadonlyMap<string, DirectoryUser>>>;
  /** Adds that somebody else was deleted in place of a target. */
  noteDeletedInstead(target: Target, type: UserIdType, instead: DeletedInstead): Promise<Outcome<void>>;
}

/** That a call which GenAuth answered with success took somebody else, because the id had passed on by then. */
export interface DeletedInstead {
  /** When the call was sent; ISO 8601, UTC. */
  readonly calledAt: string;
  /** Who was archived since then, besides those whom this run deletes, by system user id. Absent where nobody could say. */
  readonly candidates?: readonly string[];
}

/** Still in the pool, or not confirmed gone, and why. */
export interface Survival {
  readonly kind: "survivor";
  /** In a sentence for people. */
  readonly reason: string;
  /** What the directory answered, where that is the reason. */
  readonly failure?: DirectoryFailure;
  /** Who may have been deleted in place of the user. */
  readonly deletedInstead?: DeletedInstead;
}

/** How users are deleted. */
export interface DeletionOptions {
  readonly directory: UserDirectory;
  /** The type of the ids. */
  readonly type: UserIdType;
  /** Default `DECLARED_ID`. */
  readonly deleteBy?: DeleteBy;
  /** Finish what is in flight, start nothing new, once this fires. */
  readonly stop?: AbortSignal;
  /** How often the same users are sent where answers get lost on the way; at least 1. */
  readonly maxAttempts: number;
  /**
   * How long to wait, in milliseconds and for each 50 users, until those whom GenAuth says it deleted are
   * gone.
   */
  readonly confirmWithinMs: number;
  /** Where users are recorded before they are deleted; without it, nowhere. */
  readonly record?: DeletionRecord;
  /** Asked who was deleted in place of somebody else; without it, that is told without a name. */
  readonly archive?: ArchivedByOthers;
  /** Waits the given milliseconds, less when the signal fires; a clock of its own for tests. */
  readonly sleep?: (milliseconds: number, stop: AbortSignal) => Promise<void>;
}

/**
 * For how long after an interrupt, in milliseconds, what was sent is still read back. At the default pace, one look at each
 * chunk that is under way takes 4 s; a server that does not answer would have each of them tried for minutes.
 */
const READ_AFTER_INTERRUPT_MS = 15_000;

/** Why nothing more is sent. */
export interface Halt {
  /** In a sentence for people. */
  readonly reason: string;
  readonly failure?: DirectoryFailure;
}

/** One deletion under way: what all its chunks share, above all whether to go on. */
export class DeletionRun {
  /** Fires when no deletion may be started any more. */
  readonly sending: AbortSignal;
  /** Fires when not even a look-up makes sense. After an interrupt, what was sent is still read back, for a while. */
  readonly reading: AbortSignal;
  /** The type of the ids in the calls that delete. */
  readonly callType: UserIdType;
  private readonly hopeless = new AbortController();
  private failure?: DirectoryFailure;

  constructor(readonly options: DeletionOptions) {
    const { stop, type, deleteBy } = options;
    this.callType = deleteBy === DeleteBy.USER_ID ? UserIdType.USER_ID : type;
    this.reading = this.hopeless.signal;
    this.sending = stop ? AbortSignal.any([stop, this.reading]) : this.reading;
    // Each chunk that waits listens to it.
    setMaxListeners(0, this.sending);
    if (stop) abortAfter(READ_AFTER_INTERRUPT_MS, stop, this.hopeless);
  }

  /** The id by which a call names a user. */
  idInCall({ id, userId }: Target): string {
    return this.options.deleteBy === DeleteBy.USER_ID ? userId : id;
  }

  /** Why no deletion may be started any more; `undefined` while all is well. */
  whyHalted(): Halt | undefined {
    if (this.failure) return this.whyNotReading();
    return this.sending.aborted ? { reason: "Not attempted: interrupted." } : undefined;
  }

  /** Why not even a look-up makes sense: a failure that every call would meet. */
  whyNotReading(): Halt | undefined {
    return this.failure && { reason: this.failure.message, failure: this.failure };
  }

  /** Takes notice of a failure; one that concerns every call halts the run. */
  note(failure: DirectoryFailure): void {
    if (failure.reach !== "every_call" || this.whyHalted()) return;
    this.failure = failure;
    this.hopeless.abort();
  }

  /**
   * Waits for parts of the run. Where an error of this program ends one of them, nothing new is started from then on,
   * and the error is thrown when the others have finished what is in flight: nobody is deleted after the run has ended.
   */
  async together<T>(parts: readonly Promise<T>[]): Promise<T[]> {
    const halting = parts.map((part) =>
      part.catch((thrown: unknown) => {
        this.hopeless.abort();
        throw thrown;
      }),
    );
    await Promise.allSettled(halting);
    return await Promise.all(halting);
  }

  /** Waits the given milliseconds, less when the run is halted. */
  async wait(milliseconds: number): Promise<void> {
    await (this.options.sleep ?? sleep)(milliseconds, this.sending);
  }
}

/** Holds nothing but its arguments, since `stop` may live as long as the process. */
function abortAfter(milliseconds: number, stop: AbortSignal, later: AbortController): void {
  const wait = (): void => void setTimeout(() => later.abort(), milliseconds).unref();
  stop.addEventListener("abort", wait, { once: true });
}
