import { type DirectoryFailure, type DirectoryUser, type Outcome, UserIdType } from "../directory";
import { canonicalId, canonicalNames, isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, undecided } from "../look-up/resolution";
import { pauseBeforeSecondLook } from "../pause";
import {
  type CallRun,
  DeleteBy,
  type Kept,
  type LateKeepReason,
  type Survival,
  type Target,
} from "./call-run";
import { findDeletedInstead, type Suspect } from "./deleted-instead";
import {
  answerAll,
  type CallAnswer,
  type CallAnswers,
  ChunkCall,
  joinAnswers,
  type Sending,
  unclearAnswer,
} from "./send-call";

type DeletionAnswer = CallAnswer<LateKeepReason>;
type DeletionAnswers = CallAnswers<LateKeepReason>;

/** The final outcome for a user. */
export type DeletionEnding =
  /** Confirmed absent from the pool. */
  | { readonly kind: "gone" }
  /** The user is still in the pool, or not confirmed gone. */
  | ({ readonly kind: "survivor" } & Survival)
  /** Not deleted: the id no longer named the user, or the user was protected, or had another status. */
  | Kept;

const NOT_RECORDED =
  "Not deleted, because GenAuth did not return the user's record, so it could not be saved in the deletion record.";
const NOT_SENT_AGAIN = "The id passed to another user during the deletion, so it was not sent again.";
const ANOTHER_ID = "The id no longer names a user, but the user is still in the pool under another id.";
const STILL_THERE = "GenAuth answered success, but the user is still in the pool.";
const UNNAMED =
  "Not deleted, because right before the call GenAuth found no user with the id, although the user is still in the pool.";
const NOT_CONFIRMED = undecided(
  "GenAuth did not return the user, and the run was interrupted before a second look-up.",
);

const ANSWERS: Readonly<Record<Exclude<DeletionAnswer["kind"], "refused">, string>> = {
  success: "GenAuth answered success",
  unclear: "GenAuth may have deleted the user",
  unsent: "The user was not deleted",
  unnamed: "Right before the call the id named no user, so the user may be gone",
  kept: "The user was kept",
};

/**
 * Deletes up to 50 users, and reads back until they are gone. If the run keeps a deletion record, it records them first. Users with an
 * `due` are looked up right before each call. A user that a failed call may have deleted is not sent again if its id names nobody or
 * another user, or if its look-up fails; the read-back then decides whether the user is gone.
 */
export class DeletionCall extends ChunkCall<LateKeepReason, DeletionEnding> {
  protected readonly idType: UserIdType;
  /** Users whom the deletion record saw with their id. */
  private readonly recorded = new Set<Target>();
  /** Whom the read-back has found. */
  private readonly shown = new Map<Target, DirectoryUser>();

  /** @param waited whether the chunk waited behind others since its look-up; then it is looked up right before its first call */
  constructor(
    run: CallRun,
    private readonly waited: boolean,
  ) {
    super(run);
    const { deleteBy, type } = run.options;
    this.idType = deleteBy === DeleteBy.USER_ID ? UserIdType.USER_ID : type;
  }

  /** A system user id as GenAuth showed it, not as the set declares it. */
  protected idOf({ id, userId }: Target): string {
    return this.idType === UserIdType.USER_ID ? userId : id;
  }

  /** One half after the other half's refusals may be sent much later than its look-up, so a status that matters is checked again. */
  protected needsLookUp(target: Target, { failure }: Sending): boolean {
    if (!failure && this.recorded.has(target)) return false;
    if (target.due) return true;
    return !failure && this.waited && this.idType !== UserIdType.USER_ID;
  }

  protected async transmit(targets: readonly Target[]): Promise<Outcome<void>> {
    const ids = targets.map((target) => this.idOf(target));
    return await this.run.options.directory.deleteUsers(ids, this.idType, this.stop);
  }

  async delete(targets: readonly Target[]): Promise<DeletionAnswers> {
    const answers = await this.record(targets);
    return joinAnswers([answers, await this.send(targets.filter((target) => !answers.has(target)))]);
  }

  /**
   * Records users before they are deleted, if the run keeps a deletion record. The recorded data contains the ids of the user, so it also
   * serves as a look-up: a user that certainly has another id is kept.
   *
   * @returns the answers for those who are not recorded, and so not deleted
   */
  private async record(targets: readonly Target[]): Promise<DeletionAnswers> {
    const { run } = this;
    const { record, type } = run.options;
    const answers = new Map<Target, DeletionAnswer>();
    if (!record || run.getHaltReason()) return answers;
    const outcome = await record.keep(targets, type, run.sending);
    if (!outcome.ok) {
      const { failure } = outcome;
      run.note(failure);
      return answerAll(targets, { kind: "unsent", reason: failure.message, failure });
    }
    for (const target of targets) {
      const user = outcome.value.get(target.userId);
      const reason = user && run.findLateReason(target, user);
      // Somebody else may have deleted the user since the look-up. The read-back finds out.
      if (!user) answers.set(target, { kind: "refused", reason: NOT_RECORDED });
      else if (this.idType !== UserIdType.USER_ID && !mayNameUser(target.id, type, user))
        answers.set(target, { kind: "kept", reason: { kind: "moved", user } });
      else if (reason) answers.set(target, { kind: "kept", reason });
      else if (canonicalNames(user, type).includes(canonicalId(target.id, type))) this.recorded.add(target);
    }
    return answers;
  }

  /**
   * An id may have passed to another user while the chunk waited, or the user may have got a protected id, or another status, or may be gone.
   * Such users are not sent.
   */
  protected spare(target: Target, resolution: Resolution, sending: Sending): DeletionAnswer | undefined {
    if (resolution.kind === "found" && isSameUserId(resolution.userId, target.userId)) {
      const reason = this.run.findLateReason(target, resolution.user);
      return reason && { kind: "kept", reason };
    }
    // A refused call has certainly deleted nobody; only a lost answer leaves that open.
    return sending.failure && sending.sentAt !== undefined
      ? answerNotSentAgain(resolution, sending.failure, sending)
      : this.answerBeforeCall(resolution, target);
  }

  private answerBeforeCall(resolution: Resolution, { userId }: Target): DeletionAnswer {
    switch (resolution.kind) {
      case "undecided": {
        const { failure } = resolution;
        const reason = `Not deleted, because the look-up right before the call failed: ${failure.message}`;
        return { kind: "unsent", ...(this.run.getHaltReason() ?? { reason, failure }) };
      }
      case "absent":
        return { kind: "unnamed" };
      case "found":
        return { kind: "kept", reason: { kind: "rebound", boundTo: userId, user: resolution.user } };
      case "several":
        return { kind: "kept", reason: { kind: "several", users: resolution.users } };
    }
  }

  /** Looks the users up until those that may have been deleted are gone, or until time is up, and finds who was deleted instead. */
  async confirm(answers: DeletionAnswers): Promise<Map<Target, DeletionEnding>> {
    const endings = await this.readBack(answers);
    const instead = await findDeletedInstead(this.run, this.selectSuspects(answers, endings));
    for (const [target, survival] of instead) endings.set(target, survive(survival));
    return endings;
  }

  protected isSettled(_: Target, { kind }: DeletionAnswer): boolean {
    return kind === "unsent" || kind === "kept";
  }

  protected endUnseen(_: Target, answer: DeletionAnswer): DeletionEnding {
    switch (answer.kind) {
      case "kept":
        return answer;
      case "success":
        return survive({ reason: STILL_THERE });
      case "unnamed":
        return survive({ reason: UNNAMED });
      case "unclear":
      case "refused":
      case "unsent": {
        const { reason, failure } = answer;
        return survive({ reason, failure });
      }
    }
  }

  protected endSeen(target: Target, answer: DeletionAnswer, resolution: Resolution) {
    if (resolution.kind === "found") this.shown.set(target, resolution.user);
    return {
      ending: this.settle(target, answer, resolution),
      mayChange: mayStillGo(answer, resolution),
    };
  }

  /** Decides the ending of a user from the answer to the deletion and the look-up after it. */
  private settle(target: Target, answer: DeletionAnswer, resolution: Resolution): DeletionEnding {
    if (resolution.kind === "absent") return { kind: "gone" };
    if (answer.kind === "unnamed" && resolution.kind === "found") {
      const { user } = resolution;
      // A look-up that lags may have missed the user. A user that may still have the id stays in the set.
      if (!mayNameUser(target.id, this.run.options.type, user))
        return { kind: "kept", reason: { kind: "moved", user } };
    }
    if (resolution.kind !== "undecided" || answer.kind === "refused") return this.endUnseen(target, answer);
    const failure = this.run.getReadFailure()?.failure ?? resolution.failure;
    const reason = `${ANSWERS[answer.kind]}, but that could not be confirmed: ${failure.message}`;
    return survive({ reason, failure });
  }

  /**
   * If GenAuth did not confirm a deletion, one look-up without the user proves nothing, because a server may lag behind another.
   * A second look-up, a little later, must confirm the absence.
   */
  protected override async look(open: readonly (readonly [Target, DeletionAnswer])[]) {
    const { run } = this;
    const looked = await super.look(open);
    const unproven = open
      .filter(([{ userId }, { kind }]) => kind !== "success" && looked.get(userId)?.kind === "absent")
      .map(([target]) => target);
    if (unproven.length === 0) return looked;
    await run.wait(pauseBeforeSecondLook(run.options.confirmWithinMs));
    const again = run.getHaltReason() ? undefined : await this.lookBack(unproven);
    return new Map([
      ...looked,
      ...unproven.map(({ userId }) => [userId, again?.get(userId) ?? NOT_CONFIRMED] as const),
    ]);
  }

  /** Selects users that still exist although a call that named them by an id may have been carried out. */
  private selectSuspects(answers: DeletionAnswers, endings: ReadonlyMap<Target, DeletionEnding>): Suspect[] {
    if (this.idType === UserIdType.USER_ID) return [];
    return [...answers].flatMap(([target, answer]): Suspect[] => {
      const user = this.shown.get(target);
      if (!user || endings.get(target)?.kind !== "survivor") return [];
      if ((answer.kind !== "success" && answer.kind !== "unclear") || answer.sentAt === undefined) return [];
      return [{ target, user, sentAt: answer.sentAt, isCertain: answer.kind === "success" }];
    });
  }
}

/** @param failure why the last call failed */
function answerNotSentAgain(
  resolution: Resolution,
  failure: DirectoryFailure,
  sending: Sending,
): DeletionAnswer {
  switch (resolution.kind) {
    case "undecided": {
      const reason = `The deletion failed, and so did the look-up after it: ${resolution.failure.message}`;
      return { ...unclearAnswer(resolution.failure, sending), reason };
    }
    case "absent":
      return { ...unclearAnswer(failure, sending), reason: ANOTHER_ID };
    case "found":
    case "several":
      return { kind: "refused", reason: NOT_SENT_AGAIN, failure };
  }
}

function survive(survival: Survival): DeletionEnding {
  return { kind: "survivor", ...survival };
}

function mayBeDeleted({ kind }: DeletionAnswer): boolean {
  return kind === "success" || kind === "unclear";
}

/** Whether waiting may help: the deletion takes effect late, or the look-up failed in an outage. */
function mayStillGo(answer: DeletionAnswer, resolution: Resolution): boolean {
  if (resolution.kind === "undecided") return resolution.failure.transient;
  return resolution.kind !== "absent" && mayBeDeleted(answer);
}
