import type { DirectoryUser } from "../directory";
import { isSameUserId, mayNameUser } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { isUnchanged } from "../status";
import type { DeletionAnswer, DeletionAnswers, LateKeepReason } from "./deletion-answer";
import type { DeletionRun, Target } from "./deletion-run";

/** The users that the next call may name, and the answers for the others. */
export interface Sendable {
  readonly targets: readonly Target[];
  readonly answers: DeletionAnswers;
}

/** Finds a reason to keep a user who was looked up right before a call. */
export function findLateReason(
  run: DeletionRun,
  target: Target,
  user: DirectoryUser,
): LateKeepReason | undefined {
  const { findProtectedId, isRetained, type } = run.options;
  if (isRetained?.(user)) return { kind: "retained" };
  const protectedId = findProtectedId?.(user);
  if (protectedId) return { kind: "protected", ...protectedId };
  const { expectedStatus } = target;
  if (!expectedStatus) return undefined;
  const { status } = user;
  if (!isUnchanged(expectedStatus, user))
    return { kind: "status_changed", ...(status !== undefined && { status }) };
  return mayNameUser(target.id, type, user) ? undefined : { kind: "moved", user };
}

/**
 * An id may have passed to another user while the chunk waited, or the user may have got a protected id, or another status. Such
 * users are not sent.
 */
export async function lookUpBeforeCall(run: DeletionRun, targets: readonly Target[]): Promise<Sendable> {
  if (targets.length === 0 || run.getHaltReason()) return { targets, answers: new Map() };
  return await selectNamed(run, targets, (resolution, target) => answerBeforeCall(resolution, target, run));
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
      return { kind: "kept", reason: { kind: "rebound", boundTo: userId, user } };
    }
    case "several":
      return { kind: "kept", reason: { kind: "several", users: resolution.users } };
  }
}

/**
 * Looks up users by the ids that the next call would carry, and selects those that their id still names, unless there is a reason to
 * keep them.
 *
 * @param answerOther the answer for a user that the id does not name
 */
export async function selectNamed(
  run: DeletionRun,
  targets: readonly Target[],
  answerOther: (resolution: Resolution, target: Target) => DeletionAnswer,
): Promise<Sendable> {
  const ids = targets.map((target) => run.idInCall(target));
  const resolutions = await run.lookUp(ids, run.callType, run.sending);
  const named: Target[] = [];
  const answers = new Map<Target, DeletionAnswer>();
  for (const target of targets) {
    const resolution = resolutionOf(run.idInCall(target), resolutions);
    if (resolution.kind !== "found" || !isSameUserId(resolution.userId, target.userId)) {
      answers.set(target, answerOther(resolution, target));
      continue;
    }
    const reason = findLateReason(run, target, resolution.user);
    if (reason) answers.set(target, { kind: "kept", reason });
    else named.push(target);
  }
  return { targets: named, answers };
}
