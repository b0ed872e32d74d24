import type { DirectoryFailure } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { lookUpBatch } from "../look-up/batch-look-up";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { DeletionAnswer, DeletionAnswers } from "./deletion-answer";
import type { DeletionRun } from "./deletion-run";
import type { Target } from "./target";

/** Who of a chunk may be sent again, and what is known of the others. */
export interface Resendable {
  /** Still in the pool, and still named by the same id. */
  readonly left: readonly Target[];
  readonly answers: DeletionAnswers;
}

/**
 * Looks users up whose deletion failed, by the ids that would be sent again. An id that names nobody,
 * somebody else or cannot be decided is not sent again; whether its user is gone is for the read-back to say.
 *
 * @param failure why the deletion failed
 */
export async function lookUpAgain(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
): Promise<Resendable> {
  const ids = targets.map((target) => run.idInCall(target));
  const resolutions = await lookUpBatch(run.options.directory, ids, run.callType, run.sending);
  const left: Target[] = [];
  const answers = new Map<Target, DeletionAnswer>();
  for (const target of targets) {
    const resolution = resolutionOf(run.idInCall(target), resolutions);
    if (resolution.kind === "undecided") run.note(resolution.failure);
    if (isSameUser(resolution, target)) left.push(target);
    else answers.set(target, notSentAgain(resolution, failure));
  }
  return { left, answers };
}

function isSameUser(resolution: Resolution, target: Target): boolean {
  return resolution.kind === "found" && isSameUserId(resolution.userId, target.userId);
}

function notSentAgain(resolution: Resolution, failure: DirectoryFailure): DeletionAnswer {
  switch (resolution.kind) {
    case "undecided":
      return {
        kind: "unclear",
        reason: `The deletion failed, and so did the look-up after it: ${resolution.failure.message}`,
        failure: resolution.failure,
      };
    case "absent":
      return {
        kind: "unclear",
        reason: "The id names nobody any more, but the user is still in the pool under another id.",
        failure,
      };
    default:
      return {
        kind: "refused",
        reason:
          "The id came to name somebody else while the deletion was under way, so it was not sent again.",
        failure,
      };
  }
}
