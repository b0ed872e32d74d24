import { lookUpBatch } from "../look-up/batch-look-up";
import { type Resolution, resolutionOf, undecided } from "../look-up/resolution";
import { UserIdType } from "../user-id-type";
import type { DeletionAnswer, DeletionAnswers } from "./deletion-answer";
import type { DeletionRun } from "./deletion-run";
import { pauseBefore, pauseBeforeSecondLook } from "../pause";
import type { Survivor } from "./survivor";
import type { Target } from "./target";

/** What became of a user in the end. */
export type Verdict = { readonly kind: "gone" } | Survival;

/** Still in the pool, or not confirmed gone, and why. */
export interface Survival extends Omit<Survivor, "id" | "label"> {
  readonly kind: "survivor";
}

/**
 * Looks up to 50 users up by their system user ids until those whose deletion may have been carried out are
 * gone, or time is up. By the system id, because that never changes and has one spelling. After an interrupt
 * it looks once.
 *
 * @returns a verdict for each user of the answers
 */
export async function readBack(run: DeletionRun, answers: DeletionAnswers): Promise<Map<Target, Verdict>> {
  const verdicts = new Map([...answers].map(([target, answer]) => [target, untilLookedUp(answer)]));
  let open = [...answers].flatMap(([target, { kind }]) => (kind === "unsent" ? [] : [target]));
  let waited = 0;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const looked = await lookAndConfirm(run, answers, open);
    for (const target of open) {
      const answer = answers.get(target);
      if (answer) verdicts.set(target, judge(answer, resolutionOf(target.userId, looked), run));
    }
    open = open.filter((target) => mayStillGo(answers.get(target), looked.get(target.userId)));
    const pause = Math.min(pauseBefore(attempt), run.options.confirmWithinMs - waited);
    if (open.length === 0 || pause <= 0 || run.whyHalted()) break;
    await run.wait(pause);
    waited += pause;
    if (run.sending.aborted) break;
  }
  return verdicts;
}

/**
 * Where GenAuth did not say that it deleted a user, one look-up that leaves the user out is no proof: a server may not
 * have caught up with another. It takes a second one, a little later; an absence that nobody looks at again is none.
 */
async function lookAndConfirm(
  run: DeletionRun,
  answers: DeletionAnswers,
  targets: readonly Target[],
): Promise<Map<string, Resolution>> {
  const looked = await look(run, targets);
  const doubtful = targets.filter(
    (target) => answers.get(target)?.kind !== "success" && looked.get(target.userId)?.kind === "absent",
  );
  if (doubtful.length === 0) return looked;
  await run.wait(pauseBeforeSecondLook(run.options.confirmWithinMs));
  const again = run.whyHalted() ? new Map<string, Resolution>() : await look(run, doubtful);
  return new Map([
    ...looked,
    ...doubtful.map(({ userId }) => [userId, again.get(userId) ?? NOT_CONFIRMED] as const),
  ]);
}

const NOT_CONFIRMED = undecided(
  "GenAuth did not show the user, and the run was interrupted before a second look.",
);

async function look(run: DeletionRun, targets: readonly Target[]): Promise<Map<string, Resolution>> {
  if (run.whyNotReading()) return new Map();
  const userIds = targets.map(({ userId }) => userId);
  const resolutions = await lookUpBatch(run.options.directory, userIds, UserIdType.USER_ID, run.reading);
  for (const resolution of resolutions.values()) {
    if (resolution.kind === "undecided") run.note(resolution.failure);
  }
  return resolutions;
}

function untilLookedUp(answer: DeletionAnswer): Verdict {
  if (answer.kind !== "success") return { ...answer, kind: "survivor" };
  return { kind: "survivor", reason: "GenAuth answered success, but the user is still in the pool." };
}

function judge(answer: DeletionAnswer, resolution: Resolution, run: DeletionRun): Verdict {
  if (resolution.kind === "absent") return { kind: "gone" };
  if (resolution.kind !== "undecided" || answer.kind === "refused") return untilLookedUp(answer);
  const failure = run.whyNotReading()?.failure ?? resolution.failure;
  const said = answer.kind === "success" ? "GenAuth answered success" : "GenAuth may have deleted the user";
  return {
    kind: "survivor",
    reason: `${said}, but that could not be confirmed: ${failure.message}`,
    failure,
  };
}

/** Whether waiting may help: the deletion takes its time, or the look-up met an outage. */
function mayStillGo(answer: DeletionAnswer | undefined, resolution: Resolution | undefined): boolean {
  switch (resolution?.kind) {
    case "found":
    case "several":
      return answer?.kind === "success" || answer?.kind === "unclear";
    case "undecided":
      return resolution.failure.transient;
    default:
      return false;
  }
}
