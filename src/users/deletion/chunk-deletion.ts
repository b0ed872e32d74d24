import { halvesOf } from "../chunks";
import type { DirectoryFailure } from "../directory";
import { answerAll, type DeletionAnswers, joinAnswers } from "./deletion-answer";
import type { DeletionRun } from "./deletion-run";
import { lookUpAgain } from "./look-up-again";
import { pauseBefore } from "../pause";
import { recordFirst } from "./record-first";
import type { Target } from "./target";

/** How users came to be sent together. */
interface Sending {
  /** Which time these users are sent, from 1; only lost answers count up. */
  readonly attempt: number;
  /** Whether the chunk was looked up since GenAuth refused it: its halves are not looked up once more. */
  readonly checked: boolean;
}

/**
 * Deletes up to 50 users, once they are recorded where the run keeps a record. A chunk that GenAuth refuses is
 * looked up once and halved until the offending id stands alone; one whose answer was lost is looked up before
 * it is sent again. Nothing is sent once the run is halted.
 */
export async function deleteChunk(run: DeletionRun, targets: readonly Target[]): Promise<DeletionAnswers> {
  const recorded = await recordFirst(run, targets);
  const sent = await send(run, recorded.targets, { attempt: 1, checked: false });
  return joinAnswers([recorded.answers, sent]);
}

async function send(
  run: DeletionRun,
  targets: readonly Target[],
  sending: Sending,
): Promise<DeletionAnswers> {
  if (targets.length === 0) return new Map();
  const halt = run.whyHalted();
  if (halt) return answerAll(targets, { kind: "unsent", ...halt });
  const outcome = await run.options.directory.deleteUsers(
    targets.map((target) => run.idInCall(target)),
    run.callType,
    run.sending,
  );
  if (outcome.ok) return answerAll(targets, { kind: "success" });
  const { failure } = outcome;
  run.note(failure);
  if (failure.effect === "unknown") return await afterLostAnswer(run, targets, failure, sending);
  const halted = run.whyHalted();
  if (halted) return answerAll(targets, { kind: "unsent", ...halted });
  // The directory has sent this again as often as makes sense: the outage is longer than that.
  if (failure.transient) return answerAll(targets, { kind: "unsent", reason: failure.message, failure });
  return await afterRefusal(run, targets, failure, sending);
}

/** The users may have been deleted: only those who are certainly still there are sent again. */
async function afterLostAnswer(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<DeletionAnswers> {
  const last = sending.attempt >= run.options.maxAttempts;
  const unclear = answerAll(targets, { kind: "unclear", reason: failure.message, failure });
  if (run.whyHalted() || (failure.transient && last)) return unclear;
  if (failure.transient) await run.wait(pauseBefore(sending.attempt));
  if (run.whyHalted()) return unclear;
  if (!failure.transient && targets.length === 1) return await halve(run, targets, failure, sending);
  const { left, answers } = await lookUpAgain(run, targets, failure);
  // What is no outage will not pass by itself: one of the users is the reason.
  const rest = failure.transient
    ? await send(run, left, { attempt: sending.attempt + 1, checked: true })
    : await halve(run, left, failure, sending);
  return joinAnswers([answers, sentBefore(rest, failure)]);
}

/** Who was sent before and is not sent again may be gone all the same, so that is for the read-back to say. */
function sentBefore(answers: DeletionAnswers, failure: DirectoryFailure): DeletionAnswers {
  return new Map(
    [...answers].map(([target, answer]) => [
      target,
      answer.kind === "unsent" ? { kind: "unclear", reason: failure.message, failure } : answer,
    ]),
  );
}

async function afterRefusal(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<DeletionAnswers> {
  if (sending.checked || targets.length === 1) return await halve(run, targets, failure, sending);
  const { left, answers } = await lookUpAgain(run, targets, failure);
  const checked = { ...sending, checked: true };
  // Those who are gone may have been the reason, so the rest gets one call together.
  const rest =
    left.length < targets.length ? await send(run, left, checked) : await halve(run, left, failure, checked);
  return joinAnswers([answers, rest]);
}

async function halve(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<DeletionAnswers> {
  if (targets.length <= 1) return answerAll(targets, { kind: "refused", reason: failure.message, failure });
  return joinAnswers(await run.together(halvesOf(targets).map((half) => send(run, half, sending))));
}
