import { setMaxListeners } from "node:events";
import { sleep } from "../../timing";
import type { DirectoryFailure, DirectoryUser, Outcome, UserDirectory } from "../directory";
import { lookUpBatch } from "../look-up/batch-look-up";
import type { Resolution } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import type { StatusMark } from "../status";
import { UserIdType } from "../user-id-type";
import type { ArchivedByOthers } from "../refresh/archive";

/** A user to delete. A look-up must have found it. */
export interface Target {
  /** The id by which the set named the user, of the set's type. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** The system user id of the user that the id names. */
  readonly userId: string;
  /**
   * The status that the user must still have right before every call; absent if it does not matter. Users with it are looked up
   * before each call, however few they are, and must have their id as well.
   */
  readonly expectedStatus?: StatusMark;
}

/** Which ids the deletion calls carry. */
export enum DeleteBy {
  /** The declared ids, of the set's type. GenAuth deletes the user that has the id when the call arrives. */
  DECLARED_ID = "declared_id",
  /** The system user ids of the users that were looked up. If an id passes to another user, that user is not deleted. */
  USER_ID = "user_id",
}

/** Records all fields of users before they are deleted, so that their accounts can be created again. */
export interface DeletionRecord {
  /**
   * Records up to 50 users. Settles only when a crash of this machine can no longer destroy the recorded data.
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
   * Records that users are about to be suspended: their ids, their status and the time. All other fields are recorded before the
   * deletion, and not of somebody who may come back. Settles like `keep`.
   *
   * @param statuses the users that the next call will suspend, with their status before it
   */
  noteSuspension(statuses: ReadonlyMap<Target, string>, type: UserIdType): Promise<Outcome<void>>;
  /** Adds that another user was deleted instead of a target. */
  noteDeletedInstead(target: Target, type: UserIdType, instead: DeletedInstead): Promise<Outcome<void>>;
}

/** A call that may have deleted another user, because the id had passed to that user. */
export interface DeletedInstead {
  /** When the call was sent; ISO 8601, UTC. */
  readonly calledAt: string;
  /** The users archived since then, without those that this run deletes, by system user id. Absent if not known. */
  readonly candidates?: readonly string[];
}

/** The user is still in the pool, or not confirmed gone. */
export interface Survival {
  readonly kind: "survivor";
  /** As a sentence in a message. */
  readonly reason: string;
  /** The failure of the directory, if that is the reason. */
  readonly failure?: DirectoryFailure;
  /** The users that may have been deleted instead of this one. */
  readonly deletedInstead?: DeletedInstead;
  /** Whether a call may have deleted the user, so that a later look-up may find nobody. */
  readonly mayBeDeleted?: boolean;
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
  /** How often the same users are sent if answers are lost; at least 1. */
  readonly maxAttempts: number;
  /**
   * For how long each chunk of 50 users is read back until the deleted users are gone, in milliseconds.
   */
  readonly confirmWithinMs: number;
  /**
   * Finds the protected id of a user. A user may get a protected id while the chunk waits; a look-up right before the call
   * shows that. Absent if nobody is protected.
   */
  readonly findProtectedId?: (
    user: DirectoryUser,
  ) => { readonly type: UserIdType; readonly id: string } | undefined;
  /** Whether a user has an id that may leave the set without a deletion; absent if there is none. Checked like a protected id. */
  readonly isRetained?: (user: DirectoryUser) => boolean;
  /** Records users before they are deleted; if absent, nobody is recorded. */
  readonly record?: DeletionRecord;
  /** Finds users that were deleted instead of others; if absent, messages cannot name them. */
  readonly archive?: ArchivedByOthers;
  /** Waits the given milliseconds, or until the signal fires. Tests pass their own. */
  readonly sleep?: (milliseconds: number, stop: AbortSignal) => Promise<void>;
}

/**
 * For how long after an interrupt the sent deletions are still read back, in milliseconds. At the default pace, one look-up of
 * each chunk in progress takes 4 s. Without this limit, a server that does not answer would delay the end for minutes.
 */
const READ_AFTER_INTERRUPT_MS = 15_000;

/** Why the run sends nothing more. */
export interface Halt {
  /** As a sentence in a message. */
  readonly reason: string;
  readonly failure?: DirectoryFailure;
}

/** One deletion in progress: the state that all its chunks share, above all whether to continue. */
export class DeletionRun {
  /** Fires when no deletion may be started any more. */
  readonly sending: AbortSignal;
  /** Fires when not even a look-up makes sense. After an interrupt, sent deletions are still read back for a while. */
  readonly reading: AbortSignal;
  /** The type of the ids in the calls that delete. */
  readonly callType: UserIdType;
  private readonly abandoned = new AbortController();
  private failure?: DirectoryFailure;

  constructor(readonly options: DeletionOptions) {
    const { stop, type, deleteBy } = options;
    this.callType = deleteBy === DeleteBy.USER_ID ? UserIdType.USER_ID : type;
    this.reading = this.abandoned.signal;
    this.sending = stop ? AbortSignal.any([stop, this.reading]) : this.reading;
    // Each waiting chunk and look-up adds a listener; without this, Node.js would warn of a leak.
    setMaxListeners(0, this.sending, this.reading);
    if (stop) abortAfter(READ_AFTER_INTERRUPT_MS, stop, this.abandoned);
  }

  /** The id by which a call names a user. */
  idInCall({ id, userId }: Target): string {
    return this.options.deleteBy === DeleteBy.USER_ID ? userId : id;
  }

  /** Why no deletion may be started any more; `undefined` while the run continues. */
  getHaltReason(): Halt | undefined {
    if (this.failure) return this.getReadFailure();
    return this.sending.aborted ? { reason: "Not attempted: interrupted." } : undefined;
  }

  /** Why not even a look-up makes sense: a failure that affects every call. */
  getReadFailure(): Halt | undefined {
    return this.failure && { reason: this.failure.message, failure: this.failure };
  }

  /** Looks up at most 50 users. A failure that affects every call halts the run. */
  async lookUp(
    ids: readonly string[],
    type: UserIdType,
    stop: AbortSignal,
  ): Promise<ReadonlyMap<string, Resolution>> {
    const resolutions = await lookUpBatch(this.options.directory, ids, type, stop);
    for (const resolution of resolutions.values()) {
      if (resolution.kind === "undecided") this.note(resolution.failure);
    }
    return resolutions;
  }

  /** Notes a failure. One that affects every call halts the run. */
  note(failure: DirectoryFailure): void {
    if (failure.reach !== "every_call" || this.getHaltReason()) return;
    this.failure = failure;
    this.abandoned.abort();
  }

  /**
   * Waits for parts of the run. If an error of this program ends one of them, nothing new is started, and the error is thrown
   * once the other parts have finished their calls in flight. So nobody is deleted after the run has ended.
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

  /**
   * Looks again and again, with growing pauses, until no target is open or the time to confirm a change is up. After an interrupt it looks once.
   *
   * @param look looks targets up, and returns those of whom a later look may say more
   */
  async lookUntilSettled(
    targets: readonly Target[],
    look: (open: readonly Target[]) => Promise<readonly Target[]>,
  ): Promise<void> {
    let open = targets;
    let waited = 0;
    for (let attempt = 1; open.length > 0; attempt += 1) {
      open = await look(open);
      const pause = Math.min(pauseBefore(attempt), this.options.confirmWithinMs - waited);
      if (open.length === 0 || pause <= 0 || this.getHaltReason()) return;
      await this.wait(pause);
      waited += pause;
      if (this.sending.aborted) return;
    }
  }

  /** Waits the given milliseconds, or until the run is halted. */
  async wait(milliseconds: number): Promise<void> {
    await (this.options.sleep ?? sleep)(milliseconds, this.sending);
  }
}

/** A separate function, so that the listener retains only its arguments: `stop` may live as long as the process. */
function abortAfter(milliseconds: number, stop: AbortSignal, later: AbortController): void {
  const wait = (): void => void setTimeout(() => later.abort(), milliseconds).unref();
  stop.addEventListener("abort", wait, { once: true });
}
