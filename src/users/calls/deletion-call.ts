import type { DirectoryFailure, DirectoryUser } from "../directory";
import { canonicalId, canonicalNames, isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, undecided } from "../look-up/resolution";
import { pauseBeforeSecondLook } from "../pause";
import { UserIdType } from "../user-id-type";
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
  type ChunkCall,
  type CallAnswer,
  type CallAnswers,
  joinAnswers,
  lookBack,
  readBack,
  sendCall,
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

/**
 * Deletes up to 50 users. If the run keeps a deletion record, it records them first. Users with an `expectedStatus` are looked up right
 * before each call. A user that a failed call may have deleted is not sent again if its id names nobody or another user, or if its look-up
 * fails; the read-back then decides whether the user is gone.
 *
 * @param waited whether the chunk waited behind others since its look-up; then it is looked up right before its first call
 */
export async function deleteChunk(
  run: CallRun,
  targets: readonly Target[],
  waited: boolean,
): Promise<DeletionAnswers> {
  const { recorded, seen, answers } = await recordTargets(run, targets);
  const idType = typeInCall(run);
  const call: ChunkCall<LateKeepReason> = {
    run,
    idType,
    idOf: ({ id, userId }) => (run.options.deleteBy === DeleteBy.USER_ID ? userId : id),
    stop: run.sending,
    getHaltReason: () => run.getHaltReason(),
    repeatsAlone: false,
    // One half after the other half's refusals may be sent much later than its look-up, so a status that matters is checked again.
    needsLookUp: (target, { failure }) => {
      if (!failure && seen.has(target)) return false;
      return target.expectedStatus !== undefined || (!failure && waited && idType !== UserIdType.USER_ID);
    },
    spare: (target, resolution, sending) => spare(run, target, resolution, sending),
    send: (some) =>
      run.options.directory.deleteUsers(
        some.map((target) => call.idOf(target)),
        idType,
        run.sending,
      ),
  };
  return joinAnswers([answers, await sendCall(call, recorded)]);
}

/** The type of the ids in the calls. */
function typeInCall({ options: { deleteBy, type } }: CallRun): UserIdType {
  return deleteBy === DeleteBy.USER_ID ? UserIdType.USER_ID : type;
}

/**
 * Records users before they are deleted, if the run keeps a deletion record. A user that is not recorded is not deleted. The
 * recorded data contains the ids of the user, so it also serves as a look-up: a user in `seen` still had the id, and a user
 * that certainly has another id is kept.
 */
async function recordTargets(
  run: CallRun,
  targets: readonly Target[],
): Promise<{
  readonly recorded: readonly Target[];
  readonly seen: ReadonlySet<Target>;
  readonly answers: DeletionAnswers;
}> {
  const { record, type } = run.options;
  const seen = new Set<Target>();
  if (!record || run.getHaltReason()) return { recorded: targets, seen, answers: new Map() };
  const outcome = await record.keep(targets, type, run.sending);
  if (!outcome.ok) {
    const { failure } = outcome;
    run.note(failure);
    const answers = answerAll(targets, { kind: "unsent", reason: failure.message, failure });
    return { recorded: [], seen, answers };
  }
  const recorded: Target[] = [];
  const answers = new Map<Target, DeletionAnswer>();
  for (const target of targets) {
    const user = outcome.value.get(target.userId);
    const reason = user && run.findLateReason(target, user);
    // Somebody else may have deleted the user since the look-up. The read-back finds out.
    if (!user) answers.set(target, { kind: "refused", reason: NOT_RECORDED });
    else if (typeInCall(run) !== UserIdType.USER_ID && !mayNameUser(target.id, type, user))
      answers.set(target, { kind: "kept", reason: { kind: "moved", user } });
    else if (reason) answers.set(target, { kind: "kept", reason });
    else {
      recorded.push(target);
      if (canonicalNames(user, type).includes(canonicalId(target.id, type))) seen.add(target);
    }
  }
  return { recorded, seen, answers };
}

const NOT_RECORDED =
  "Not deleted, because GenAuth did not return the user's record, so it could not be saved in the deletion record.";

/**
 * An id may have passed to another user while the chunk waited, or the user may have got a protected id, or another status, or may be gone.
 * Such users are not sent.
 */
function spare(
  run: CallRun,
  target: Target,
  resolution: Resolution,
  sending: Sending,
): DeletionAnswer | undefined {
  if (resolution.kind === "found" && isSameUserId(resolution.userId, target.userId)) {
    const reason = run.findLateReason(target, resolution.user);
    return reason && { kind: "kept", reason };
  }
  // A refused call has certainly deleted nobody; only a lost answer leaves that open.
  return sending.failure && sending.sentAt !== undefined
    ? answerNotSentAgain(resolution, sending.failure, sending)
    : answerBeforeCall(run, resolution, target);
}

function answerBeforeCall(run: CallRun, resolution: Resolution, { userId }: Target): DeletionAnswer {
  switch (resolution.kind) {
    case "undecided": {
      const { failure } = resolution;
      const reason = `Not deleted, because the look-up right before the call failed: ${failure.message}`;
      return { kind: "unsent", ...(run.getHaltReason() ?? { reason, failure }) };
    }
    case "absent":
      return { kind: "unnamed" };
    case "found": {
      const { user } = resolution;
      return { kind: "kept", reason: { kind: "rebound", boundTo: userId, user } };
    }
    case "several":
      return { kind: "kept", reason: { kind: "several", users: resolution.users } };
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
    case "absent": {
      const reason = "The id no longer names a user, but the user is still in the pool under another id.";
      return { ...unclearAnswer(failure, sending), reason };
    }
    case "found":
    case "several":
      return {
        kind: "refused",
        reason: "The id passed to another user during the deletion, so it was not sent again.",
        failure,
      };
  }
}

/** Looks up at most 50 users until those that may have been deleted are gone, or until time is up, and finds who was deleted instead. */
export async function readBackDeletions(
  run: CallRun,
  answers: DeletionAnswers,
): Promise<Map<Target, DeletionEnding>> {
  const shown = new Map<Target, DirectoryUser>();
  const endings = await readBack<LateKeepReason, DeletionEnding>(run, answers, {
    isSettled: (_, { kind }) => kind === "unsent" || kind === "kept",
    endUnseen: (_, answer) => endingUntilLookedUp(answer),
    look: (targets) => lookAndConfirm(run, answers, targets),
    endSeen: (target, answer, resolution) => {
      if (resolution.kind === "found") shown.set(target, resolution.user);
      return {
        ending: settle(run, target, answer, resolution),
        mayChange: mayStillGo(answer, resolution),
      };
    },
  });
  const instead = await findDeletedInstead(run, selectSuspects(run, answers, endings, shown));
  for (const [target, survival] of instead) endings.set(target, survive(survival));
  return endings;
}

/**
 * If GenAuth did not confirm a deletion, one look-up without the user proves nothing, because a server may lag behind another.
 * A second look-up, a little later, must confirm the absence.
 */
async function lookAndConfirm(
  run: CallRun,
  answers: DeletionAnswers,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, Resolution>> {
  const looked = await lookBack(run, targets);
  const unproven = targets.filter(
    (target) => answers.get(target)?.kind !== "success" && looked.get(target.userId)?.kind === "absent",
  );
  if (unproven.length === 0) return looked;
  await run.wait(pauseBeforeSecondLook(run.options.confirmWithinMs));
  const again = run.getHaltReason() ? new Map<string, Resolution>() : await lookBack(run, unproven);
  return new Map([
    ...looked,
    ...unproven.map(({ userId }) => [userId, again.get(userId) ?? NOT_CONFIRMED] as const),
  ]);
}

const NOT_CONFIRMED = undecided(
  "GenAuth did not return the user, and the run was interrupted before a second look-up.",
);

/** The ending of a user that was not looked up since the answer. */
function endingUntilLookedUp(answer: DeletionAnswer): DeletionEnding {
  switch (answer.kind) {
    case "kept":
      return answer;
    case "success":
      return survive({
        reason: "GenAuth answered success, but the user is still in the pool.",
        mayBeDeleted: true,
      });
    case "unnamed":
      return survive({
        reason:
          "Not deleted, because right before the call GenAuth found no user with the id, although the user is still in the pool.",
      });
    case "unclear":
    case "refused":
    case "unsent": {
      const { reason, failure } = answer;
      return survive({ reason, failure, mayBeDeleted: mayBeDeleted(answer) });
    }
  }
}

/** Decides the ending of a user from the answer to the deletion and the look-up after it. */
function settle(
  run: CallRun,
  { id }: Target,
  answer: DeletionAnswer,
  resolution: Resolution,
): DeletionEnding {
  if (resolution.kind === "absent") return { kind: "gone" };
  if (answer.kind === "unnamed" && resolution.kind === "found") {
    // A look-up that lags may have missed the user. A user that may still have the id stays in the set.
    return mayNameUser(id, run.options.type, resolution.user)
      ? endingUntilLookedUp(answer)
      : { kind: "kept", reason: { kind: "moved", user: resolution.user } };
  }
  if (resolution.kind !== "undecided" || answer.kind === "refused") return endingUntilLookedUp(answer);
  const failure = run.getReadFailure()?.failure ?? resolution.failure;
  return survive({
    reason: `${ANSWERS[answer.kind]}, but that could not be confirmed: ${failure.message}`,
    failure,
    mayBeDeleted: mayBeDeleted(answer),
  });
}

function survive(survival: Survival): DeletionEnding {
  return { kind: "survivor", ...survival };
}

function mayBeDeleted({ kind }: DeletionAnswer): true | undefined {
  return kind === "success" || kind === "unclear" ? true : undefined;
}

const ANSWERS: Readonly<Record<Exclude<DeletionAnswer["kind"], "refused">, string>> = {
  success: "GenAuth answered success",
  unclear: "GenAuth may have deleted the user",
  unsent: "The user was not deleted",
  unnamed: "Right before the call the id named no user, so the user may be gone",
  kept: "The user was kept",
};

/** Whether waiting may help: the deletion takes effect late, or the look-up failed in an outage. */
function mayStillGo(answer: DeletionAnswer, resolution: Resolution): boolean {
  switch (resolution.kind) {
    case "found":
    case "several":
      return mayBeDeleted(answer) === true;
    case "undecided":
      return resolution.failure.transient;
    case "absent":
      return false;
  }
}

/** Selects users that still exist although a call that named them by an id may have been carried out. */
function selectSuspects(
  run: CallRun,
  answers: DeletionAnswers,
  endings: ReadonlyMap<Target, DeletionEnding>,
  shown: ReadonlyMap<Target, DirectoryUser>,
): Suspect[] {
  if (typeInCall(run) === UserIdType.USER_ID) return [];
  return [...answers].flatMap(([target, answer]) => {
    const user = shown.get(target);
    const survives = endings.get(target)?.kind === "survivor";
    if (!user || !survives || !(answer.kind === "success" || answer.kind === "unclear")) return [];
    const { sentAt, kind } = answer;
    return sentAt === undefined ? [] : [{ target, user, sentAt, isCertain: kind === "success" }];
  });
}
