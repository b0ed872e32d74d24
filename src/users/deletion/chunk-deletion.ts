import { halvesOf } from "../lists";
import type { DirectoryFailure } from "../directory";
import { canonicalId, canonicalNames, mayNameUser } from "../ids/id-types";
import type { Resolution } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import { UserIdType } from "../user-id-type";
import { answerAll, type DeletionAnswer, type DeletionAnswers, joinAnswers } from "./deletion-answer";
import type { DeletionRun, Target } from "./deletion-run";
import { findLateReason, lookUpBeforeCall, type Sendable, selectNamed } from "./look-up-before-call";

/** The history of the users of one call. */
interface Sending {
  /** The number of this attempt, from 1; only lost answers increase it. */
  readonly attempt: number;
  /** Whether the chunk was looked up after GenAuth refused it. Its halves are then not looked up again. */
  readonly checked: boolean;
  /** The time of the first call that may have been carried out, in milliseconds since 1970. */
  readonly sentAt?: number;
}

/**
 * Deletes up to 50 users. If the run keeps a deletion record, it records them first. A chunk that GenAuth refuses is looked
 * up once and halved until only the offending id is left. If an answer is lost, the chunk is looked up before it is sent
 * again. Users with a `expectedStatus` are looked up right before each call. A halted run sends nothing.
 *
 * @param waited whether the chunk waited behind others since its look-up; then it is looked up right before its call
 */
export async function deleteChunk(
  run: DeletionRun,
  targets: readonly Target[],
  waited: boolean,
): Promise<DeletionAnswers> {
  const recorded = await recordTargets(run, targets);
  const canPassOn = run.callType !== UserIdType.USER_ID;
  const isStale = (target: Target): boolean =>
    !recorded.seen.has(target) && ((waited && canPassOn) || target.expectedStatus !== undefined);
  const stale = recorded.targets.filter(isStale);
  const checked = await lookUpBeforeCall(run, stale);
  const ready = [...recorded.targets.filter((target) => !isStale(target)), ...checked.targets];
  const sent = await send(run, ready, { attempt: 1, checked: false });
  return joinAnswers([recorded.answers, checked.answers, sent]);
}

/**
 * Records users before they are deleted, if the run keeps a deletion record. A user that is not recorded is not deleted. The
 * recorded data contains the ids of the user, so it also serves as a look-up: a user in `seen` still had the id, and a user
 * that certainly has another id is kept.
 */
async function recordTargets(
  run: DeletionRun,
  targets: readonly Target[],
): Promise<Sendable & { readonly seen: ReadonlySet<Target> }> {
  const { record, type } = run.options;
  const seen = new Set<Target>();
  if (!record || run.getHaltReason()) return { targets, answers: new Map(), seen };
  const outcome = await record.keep(targets, type, run.sending);
  if (!outcome.ok) {
    const { failure } = outcome;
    run.note(failure);
    const answers = answerAll(targets, { kind: "unsent", reason: failure.message, failure });
    return { targets: [], answers, seen };
  }
  const recorded: Target[] = [];
  const answers = new Map<Target, DeletionAnswer>();
  for (const target of targets) {
    const user = outcome.value.get(target.userId);
    const reason = user && findLateReason(run, target, user);
    // Somebody else may have deleted the user since the look-up. The read-back finds out.
    if (!user) answers.set(target, { kind: "refused", reason: NOT_SHOWN });
    else if (run.callType !== UserIdType.USER_ID && !mayNameUser(target.id, type, user))
      answers.set(target, { kind: "kept", reason: { kind: "moved", user } });
    else if (reason) answers.set(target, { kind: "kept", reason });
    else {
      recorded.push(target);
      if (canonicalNames(user, type).includes(canonicalId(target.id, type))) seen.add(target);
    }
  }
  return { targets: recorded, answers, seen };
}

const NOT_SHOWN =
  "Not deleted, because GenAuth did not return the user's record, so it could not be saved in the deletion record.";

async function send(
  run: DeletionRun,
  targets: readonly Target[],
  sending: Sending,
): Promise<DeletionAnswers> {
  if (targets.length === 0) return new Map();
  const halt = run.getHaltReason();
  if (halt) return answerAll(targets, { kind: "unsent", ...halt });
  const sentAt = sending.sentAt ?? Date.now();
  const outcome = await run.options.directory.deleteUsers(
    targets.map((target) => run.idInCall(target)),
    run.callType,
    run.sending,
  );
  if (outcome.ok) return answerAll(targets, { kind: "success", sentAt });
  const { failure } = outcome;
  run.note(failure);
  if (failure.effect === "unknown")
    return await resolveLostAnswer(run, targets, failure, { ...sending, sentAt });
  const halted = run.getHaltReason();
  if (halted) return answerAll(targets, { kind: "unsent", ...halted });
  // The directory has already retried the call, so the outage is longer than its retries.
  if (failure.transient) return answerAll(targets, { kind: "unsent", reason: failure.message, failure });
  return await resolveRefusal(run, targets, failure, sending);
}

/** The users may have been deleted, so only those that certainly still exist are sent again. */
async function resolveLostAnswer(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<DeletionAnswers> {
  const last = sending.attempt >= run.options.maxAttempts;
  const unclear = answerAll(targets, unclearAnswer(failure, sending));
  if (run.getHaltReason() || (failure.transient && last)) return unclear;
  if (failure.transient) await run.wait(pauseBefore(sending.attempt));
  if (run.getHaltReason()) return unclear;
  if (!failure.transient && targets.length === 1) return await halve(run, targets, failure, sending);
  const { targets: left, answers } = await lookUpAgain(run, targets, failure, sending);
  // Only an outage passes by itself. Otherwise one of the users is the reason.
  const rest = failure.transient
    ? await send(run, left, { ...sending, attempt: sending.attempt + 1, checked: true })
    : await halve(run, left, failure, sending);
  return joinAnswers([answers, markUnclear(rest, failure, sending)]);
}

/** A user that was sent before may be gone even if it is not sent again, so the read-back decides. */
function markUnclear(answers: DeletionAnswers, failure: DirectoryFailure, sending: Sending): DeletionAnswers {
  return new Map(
    [...answers].map(([target, answer]) => [
      target,
      answer.kind === "unsent" ? unclearAnswer(failure, sending) : answer,
    ]),
  );
}

async function resolveRefusal(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<DeletionAnswers> {
  if (sending.checked || targets.length === 1) return await halve(run, targets, failure, sending);
  const { targets: left, answers } = await lookUpAgain(run, targets, failure, sending);
  const checked = { ...sending, checked: true };
  // The absent users may have been the reason, so the rest is sent in one call.
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
  const halves = halvesOf(targets).map((half) => sendHalf(run, half, sending));
  return joinAnswers(await run.awaitAll(halves));
}

/** One half after the other half's refusals may be sent much later than its look-up, so a status that matters is checked again. */
async function sendHalf(
  run: DeletionRun,
  targets: readonly Target[],
  sending: Sending,
): Promise<DeletionAnswers> {
  const hasExpectedStatus = ({ expectedStatus }: Target): boolean => expectedStatus !== undefined;
  const checked = await lookUpBeforeCall(run, targets.filter(hasExpectedStatus));
  const ready = [...targets.filter((target) => !hasExpectedStatus(target)), ...checked.targets];
  return joinAnswers([checked.answers, await send(run, ready, sending)]);
}

/**
 * Looks up users after a failed deletion, by the ids that would be sent again. An id is not sent again if it names nobody or
 * another user, or if its look-up fails. The read-back then decides whether its user is gone.
 *
 * @param failure why the deletion failed
 */
async function lookUpAgain(
  run: DeletionRun,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<Sendable> {
  return await selectNamed(run, targets, (resolution) => answerNotSentAgain(resolution, failure, sending));
}

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

function unclearAnswer(failure: DirectoryFailure, { sentAt }: Sending): DeletionAnswer & { kind: "unclear" } {
  return { kind: "unclear", reason: failure.message, failure, ...(sentAt !== undefined && { sentAt }) };
}
