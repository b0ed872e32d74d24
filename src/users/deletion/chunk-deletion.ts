import { halvesOf } from "../lists";
import type { DirectoryFailure, DirectoryUser } from "../directory";
import { canonicalId, canonicalNames, isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import { UserIdType } from "../user-id-type";
import type { DeletionRun, Halt, Target } from "./deletion-run";

/** What is known about a user's deletion before the read-back. */
export type DeletionAnswer =
  /** GenAuth answered that it deleted the user. */
  | { readonly kind: "success"; readonly sentAt: number }
  /** It is not known whether the user was deleted. */
  | ({ readonly kind: "unclear"; readonly sentAt?: number } & Why)
  /** GenAuth refused to delete the user, or the id must not be sent again. The user may still be gone. */
  | ({ readonly kind: "refused" } & Why)
  /** The deletion was not carried out, so the user is still there. */
  | ({ readonly kind: "unsent" } & Halt)
  /** Right before the call, the id named no user: the user is gone or has another id. */
  | { readonly kind: "unnamed" }
  /** Right before the call, the id no longer named the user. */
  | { readonly kind: "kept"; readonly reason: LateKeepReason };

interface Why {
  /** Why the user survives, as a sentence in a message. */
  readonly reason: string;
  readonly failure?: DirectoryFailure;
}

/** Why a user is kept although the plan was to delete it. */
export type LateKeepReason =
  /** The id names another user now. */
  | { readonly kind: "rebound"; readonly boundTo: string; readonly user: DirectoryUser }
  /** The id names several users now. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  /** The user has another id now. */
  | { readonly kind: "moved"; readonly user: DirectoryUser }
  /** The user has a protected id now. */
  | { readonly kind: "protected"; readonly type: UserIdType; readonly id: string };

/** One answer for each user of a chunk. */
export type DeletionAnswers = ReadonlyMap<Target, DeletionAnswer>;

/** The users that the next call may name, and the answers for the others. */
interface Sendable {
  readonly targets: readonly Target[];
  readonly answers: DeletionAnswers;
}

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
 * again. A halted run sends nothing.
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
  const stale = waited && canPassOn ? recorded.targets.filter((target) => !recorded.seen.has(target)) : [];
  const checked = await lookUpBeforeCall(run, stale);
  const ready = [...recorded.targets.filter((target) => !stale.includes(target)), ...checked.targets];
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
    const protectedId = user && run.options.findProtectedId?.(user);
    // Somebody else may have deleted the user since the look-up. The read-back finds out.
    if (!user) answers.set(target, { kind: "refused", reason: NOT_SHOWN });
    else if (run.callType !== UserIdType.USER_ID && !mayNameUser(target.id, type, user))
      answers.set(target, { kind: "kept", reason: { kind: "moved", user } });
    else if (protectedId)
      answers.set(target, { kind: "kept", reason: { kind: "protected", ...protectedId } });
    else {
      recorded.push(target);
      if (canonicalNames(user, type).includes(canonicalId(target.id, type))) seen.add(target);
    }
  }
  return { targets: recorded, answers, seen };
}

const NOT_SHOWN =
  "Not deleted, because GenAuth did not return the user's record, so it could not be saved in the deletion record.";

/**
 * An id may have passed to another user while the chunk waited, or the user may have got a protected id. Users that their id
 * no longer names, and protected ones, are not sent.
 */
async function lookUpBeforeCall(run: DeletionRun, targets: readonly Target[]): Promise<Sendable> {
  if (targets.length === 0 || run.getHaltReason()) return { targets, answers: new Map() };
  const isProtected = (user: DirectoryUser): boolean => run.options.findProtectedId?.(user) !== undefined;
  return await selectNamed(
    run,
    targets,
    (resolution, target) => answerBeforeCall(resolution, target, run),
    isProtected,
  );
}

function answerBeforeCall(resolution: Resolution, { userId }: Target, run: DeletionRun): DeletionAnswer {
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
      const protectedId = isSameUserId(user.userId, userId) && run.options.findProtectedId?.(user);
      if (protectedId) return { kind: "kept", reason: { kind: "protected", ...protectedId } };
      return { kind: "kept", reason: { kind: "rebound", boundTo: userId, user } };
    }
    case "several":
      return { kind: "kept", reason: { kind: "several", users: resolution.users } };
  }
}

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
  return joinAnswers(await run.awaitAll(halvesOf(targets).map((half) => send(run, half, sending))));
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

/**
 * Looks up users by the ids that the next call would carry, and selects those that their id still names.
 *
 * @param answerOther the answer for any other user
 * @param isExcluded whether a user is not to be selected although its id names it
 */
async function selectNamed(
  run: DeletionRun,
  targets: readonly Target[],
  answerOther: (resolution: Resolution, target: Target) => DeletionAnswer,
  isExcluded: (user: DirectoryUser) => boolean = () => false,
): Promise<Sendable> {
  const ids = targets.map((target) => run.idInCall(target));
  const resolutions = await run.lookUp(ids, run.callType, run.sending);
  const named: Target[] = [];
  const answers = new Map<Target, DeletionAnswer>();
  for (const target of targets) {
    const resolution = resolutionOf(run.idInCall(target), resolutions);
    const isNamed = resolution.kind === "found" && isSameUserId(resolution.userId, target.userId);
    if (isNamed && !isExcluded(resolution.user)) named.push(target);
    else answers.set(target, answerOther(resolution, target));
  }
  return { targets: named, answers };
}

function answerAll(targets: readonly Target[], answer: DeletionAnswer): DeletionAnswers {
  return new Map(targets.map((target) => [target, answer]));
}

function joinAnswers(parts: readonly DeletionAnswers[]): DeletionAnswers {
  return new Map(parts.flatMap((part) => [...part]));
}
