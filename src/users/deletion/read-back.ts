import type { DirectoryUser } from "../directory";
import { mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf, undecided } from "../look-up/resolution";
import { pauseBeforeSecondLook } from "../pause";
import { UserIdType } from "../user-id-type";
import type { DeletionAnswer, DeletionAnswers, LateKeepReason } from "./deletion-answer";
import { findDeletedInstead, type Suspect } from "./deleted-instead";
import type { DeletionRun, Survival, Target } from "./deletion-run";

/** The final outcome for a user. */
export type DeletionEnding = { readonly kind: "gone" } | Survival | Kept;

/** Not deleted, because the id no longer named the user right before the call. */
export interface Kept {
  readonly kind: "kept";
  readonly reason: LateKeepReason;
}

/**
 * Looks up at most 50 users until those that may have been deleted are gone, or until time is up. It uses system user ids,
 * because they never change and have one spelling. After an interrupt it looks once.
 *
 * @returns an ending for each user of the answers
 */
export async function readBack(
  run: DeletionRun,
  answers: DeletionAnswers,
): Promise<Map<Target, DeletionEnding>> {
  const endings = new Map([...answers].map(([target, answer]) => [target, endingUntilLookedUp(answer)]));
  const shown = new Map<Target, DirectoryUser>();
  const open = [...answers].flatMap(([target, answer]) => (isSettled(answer) ? [] : [target]));
  await run.lookUntilSettled(open, async (left) => {
    const looked = await lookAndConfirm(run, answers, left);
    for (const target of left) {
      const answer = answers.get(target);
      const resolution = resolutionOf(target.userId, looked);
      if (resolution.kind === "found") shown.set(target, resolution.user);
      if (answer) endings.set(target, settle(run, target, answer, resolution));
    }
    return left.filter((target) => mayStillGo(answers.get(target), looked.get(target.userId)));
  });
  return new Map([
    ...endings,
    ...(await findDeletedInstead(run, selectSuspects(run, answers, endings, shown))),
  ]);
}

/** Whether no look-up could change the outcome. */
function isSettled({ kind }: DeletionAnswer): boolean {
  return kind === "unsent" || kind === "kept";
}

/**
 * If GenAuth did not confirm a deletion, one look-up without the user proves nothing, because a server may lag behind another.
 * A second look-up, a little later, must confirm the absence.
 */
async function lookAndConfirm(
  run: DeletionRun,
  answers: DeletionAnswers,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, Resolution>> {
  const looked = await look(run, targets);
  const unproven = targets.filter(
    (target) => answers.get(target)?.kind !== "success" && looked.get(target.userId)?.kind === "absent",
  );
  if (unproven.length === 0) return looked;
  await run.wait(pauseBeforeSecondLook(run.options.confirmWithinMs));
  const again = run.getHaltReason() ? new Map<string, Resolution>() : await look(run, unproven);
  return new Map([
    ...looked,
    ...unproven.map(({ userId }) => [userId, again.get(userId) ?? NOT_CONFIRMED] as const),
  ]);
}

const NOT_CONFIRMED = undecided(
  "GenAuth did not return the user, and the run was interrupted before a second look-up.",
);

async function look(run: DeletionRun, targets: readonly Target[]): Promise<ReadonlyMap<string, Resolution>> {
  if (run.getReadFailure()) return new Map();
  const userIds = targets.map(({ userId }) => userId);
  return await run.lookUp(userIds, UserIdType.USER_ID, run.reading);
}

/** The ending of a user that was not looked up since the answer. */
function endingUntilLookedUp(answer: DeletionAnswer): DeletionEnding {
  switch (answer.kind) {
    case "kept":
      return answer;
    case "success":
      return {
        kind: "survivor",
        reason: "GenAuth answered success, but the user is still in the pool.",
        mayBeDeleted: true,
      };
    case "unnamed":
      return {
        kind: "survivor",
        reason:
          "Not deleted, because right before the call GenAuth found no user with the id, although the user is still in the pool.",
      };
    case "unclear":
    case "refused":
    case "unsent": {
      const { reason, failure } = answer;
      return { kind: "survivor", reason, ...(failure && { failure }), ...mayBeDeleted(answer) };
    }
  }
}

/** Decides the ending of a user from the answer to the deletion and the look-up after it. */
function settle(
  run: DeletionRun,
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
  return {
    kind: "survivor",
    reason: `${ANSWERS[answer.kind]}, but that could not be confirmed: ${failure.message}`,
    failure,
    ...mayBeDeleted(answer),
  };
}

function mayBeDeleted({ kind }: DeletionAnswer): Pick<Survival, "mayBeDeleted"> {
  return kind === "success" || kind === "unclear" ? { mayBeDeleted: true } : {};
}

const ANSWERS: Readonly<Record<Exclude<DeletionAnswer["kind"], "refused">, string>> = {
  success: "GenAuth answered success",
  unclear: "GenAuth may have deleted the user",
  unsent: "The user was not deleted",
  unnamed: "Right before the call the id named no user, so the user may be gone",
  kept: "The user was kept",
};

/** Whether waiting may help: the deletion takes effect late, or the look-up failed in an outage. */
function mayStillGo(answer: DeletionAnswer | undefined, resolution: Resolution | undefined): boolean {
  switch (resolution?.kind) {
    case "found":
    case "several":
      return answer?.kind === "success" || answer?.kind === "unclear";
    case "undecided":
      return resolution.failure.transient;
    case "absent":
    case undefined:
      return false;
  }
}

/** Selects users that still exist although a call that named them by an id may have been carried out. */
function selectSuspects(
  run: DeletionRun,
  answers: DeletionAnswers,
  endings: ReadonlyMap<Target, DeletionEnding>,
  shown: ReadonlyMap<Target, DirectoryUser>,
): Suspect[] {
  if (run.callType === UserIdType.USER_ID) return [];
  return [...answers].flatMap(([target, answer]) => {
    const user = shown.get(target);
    const survives = endings.get(target)?.kind === "survivor";
    if (!user || !survives || !(answer.kind === "success" || answer.kind === "unclear")) return [];
    const { sentAt, kind } = answer;
    return sentAt === undefined ? [] : [{ target, user, sentAt, isCertain: kind === "success" }];
  });
}
