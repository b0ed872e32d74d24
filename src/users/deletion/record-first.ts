import { answerAll, type DeletionAnswers } from "./deletion-answer";
import type { DeletionRun } from "./deletion-run";
import type { Target } from "./target";

/** Who of a chunk may be deleted, and what is known of the others. */
export interface Recorded {
  readonly targets: readonly Target[];
  readonly answers: DeletionAnswers;
}

/** Has users recorded before they are deleted, where the run keeps a record. Who is not recorded is not deleted. */
export async function recordFirst(run: DeletionRun, targets: readonly Target[]): Promise<Recorded> {
  const { record, type } = run.options;
  if (!record || run.whyHalted()) return { targets, answers: new Map() };
  const outcome = await record.keep(targets, type, run.sending);
  if (!outcome.ok) {
    const { failure } = outcome;
    run.note(failure);
    return { targets: [], answers: answerAll(targets, { kind: "unsent", reason: failure.message, failure }) };
  }
  const isRecorded = ({ userId }: Target): boolean => outcome.value.has(userId);
  const unrecorded = targets.filter((target) => !isRecorded(target));
  // Somebody else may have deleted them since they were looked up, which the read-back tells.
  return {
    targets: targets.filter(isRecorded),
    answers: answerAll(unrecorded, { kind: "refused", reason: NOT_SHOWN }),
  };
}

const NOT_SHOWN =
  "Not deleted, because GenAuth did not show the user's record, so the deletion record could not keep it.";
