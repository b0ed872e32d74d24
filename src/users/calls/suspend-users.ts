import pLimit from "p-limit";
import { type DirectoryUser, MAX_IDS_PER_CALL, type Outcome } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { chunksOf } from "../../lists";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { ACTIVATED, isSetBy, markOf, type StatusMark, SUSPENDED, type SuspensionAttempt } from "../status";
import { UserIdType } from "../user-id-type";
import { deletionDay, latestTime, type WaitingUser } from "../waiting-user";
import { type CallRun, type Kept, oncePerUser, type Survival, type Target } from "./call-run";
import { changeStatus, type ExpectedUser, type StatusAnswer, type StatusAnswers } from "./change-status";
import type { AllFields, Changed, ChangeSteps, CheckedAnswers, FirstChange } from "./first-change";

/** How the first change of a process is checked. */
export interface FirstChangeOptions {
  /** Checks the first change of the process to this status. */
  readonly first: FirstChange;
  /** Reads all fields of at most 50 users, by system user id. */
  readonly readFullUsers: (
    userIds: readonly string[],
    stop?: AbortSignal,
  ) => Promise<Outcome<readonly (AllFields & { readonly userId: string })[]>>;
}

/** How users are suspended. */
export interface SuspensionOptions extends FirstChangeOptions {
  /** How many days later they are deleted; at least 1. */
  readonly days: number;
  /** The latest time on GenAuth's clock that this set has seen, in milliseconds since 1970; absent if it has seen none. */
  readonly seen?: number | undefined;
  /** Earlier calls that may have suspended the users already, by id; default none. */
  readonly attempts?: ReadonlyMap<string, SuspensionAttempt> | undefined;
}

/** How a suspension ended for a user. */
export type SuspensionEnding =
  /** The user waits for the deletion: suspended by this run, or not active before. */
  | { readonly kind: "waiting"; readonly user: Omit<WaitingUser, "id" | "label"> }
  /** The user is still active, or not confirmed suspended. */
  | ({ readonly kind: "survivor" } & Survival)
  /** Not suspended, because right before the call the user was retained or protected. */
  | Kept;

/**
 * Suspends users who leave a set, by system user id, 50 per call, and reads back until GenAuth shows the new status. Only users whose
 * status is `Activated` are changed; all others wait with the status that they have. Users who are retained or protected right before their
 * call are kept. Deletes nobody, and never throws for an answer of the directory.
 *
 * @returns how it ended for each target, in the given order
 */
export async function suspendUsers<T extends Target>(
  run: CallRun,
  users: readonly T[],
  options: SuspensionOptions,
): Promise<Map<T, SuspensionEnding>> {
  const limit = pLimit(run.options.directory.parallelism);
  return await oncePerUser(users, async (distinct) => {
    const chunks = chunksOf(distinct, MAX_IDS_PER_CALL);
    const parts = chunks.map((chunk) => limit(() => suspendChunk(run, chunk, options)));
    return new Map((await run.awaitAll(parts)).flatMap((part) => [...part]));
  });
}

async function suspendChunk(
  run: CallRun,
  targets: readonly Target[],
  options: SuspensionOptions,
): Promise<Map<Target, SuspensionEnding>> {
  const endings = new Map<Target, SuspensionEnding>();
  const active = new Map<Target, DirectoryUser>();
  for (const [target, found] of await lookUp(run, targets)) {
    const ending = endingBefore(run, target, found, options);
    if (ending) endings.set(target, ending);
    else if (run.options.directory.serviceTime() === undefined) endings.set(target, survive(NO_CLOCK));
    else if (typeof found === "object" && found.kind === "found") active.set(target, found.user);
  }
  const { answers } = await options.first.change([...active.keys()], {
    change: async (chunk) => await suspendActive(run, chunk, active),
    undo: async (target, suspended) => await setBack(run, target, suspended),
    readRecord: recordReader(run, options),
    isFoundById: async ({ id, userId }) => {
      const resolution = resolutionOf(id, await run.lookUp([id], run.options.type, run.reading));
      return resolution.kind === "found" && isSameUserId(resolution.userId, userId);
    },
  });
  for (const [target, answer] of answers) {
    endings.set(target, endingOf(run, target, answer, options));
  }
  return endings;
}

function recordReader(run: CallRun, { readFullUsers }: FirstChangeOptions): ChangeSteps["readRecord"] {
  return async ({ userId }) => {
    const outcome = await readFullUsers([userId], run.reading);
    if (!outcome.ok) return outcome;
    return { ok: true, value: outcome.value.find((user) => isSameUserId(user.userId, userId)) };
  };
}

/** Suspends users once they are recorded, if the run keeps a deletion record. A user who is not recorded is not suspended. */
async function suspendActive(
  run: CallRun,
  targets: readonly Target[],
  before: ReadonlyMap<Target, DirectoryUser>,
): Promise<StatusAnswers> {
  const { record, type } = run.options;
  const expected = new Map(targets.map((target) => [target, markOf(before.get(target) ?? {})]));
  return await changeStatus(run, expected, SUSPENDED, {
    mayChange: (target, user) => run.findLateReason(target, user) === undefined,
    record:
      record &&
      (async (some) => {
        const statuses = new Map(some.map((target) => [target, before.get(target)?.status ?? ACTIVATED]));
        return await record.noteSuspension(statuses, type);
      }),
  });
}

/** Undoes a suspension of this run. Where GenAuth shows the time of the change late, or the user, the look-up right before decides. */
async function setBack(run: CallRun, target: Target, suspended: Changed): Promise<StatusAnswer> {
  const { call } = suspended;
  let expected: ExpectedUser = suspended.kind === "changed" ? markOf(suspended.user) : "hidden";
  if (expected === "hidden" || expected.statusChangedAt === call.changedBefore) {
    const found = await run.lookUp([target.userId], UserIdType.USER_ID, run.reading);
    const resolution = resolutionOf(target.userId, found);
    const isOurs = resolution.kind === "found" && resolution.user.status === SUSPENDED;
    if (isOurs && isSetBy(call, resolution.user)) expected = markOf(resolution.user);
  }
  const options = { isUndoing: true };
  const answers = await changeStatus(run, new Map([[target, expected]]), ACTIVATED, options);
  return answers.get(target) ?? { kind: "hidden", call };
}

const NOT_SHOWN = "Not suspended, because GenAuth no longer shows the user.";
const CHANGED =
  "Not suspended, because somebody else has set the status right before the call. The next apply tries again.";
const NO_STATUS =
  "Not suspended, because GenAuth does not show the user's status. Set suspend_days = 0 to delete at once.";
const NO_CLOCK =
  "GenAuth's answers hold no Date header, so the day of the deletion cannot be told. Set suspend_days = 0 to delete at once.";

/** How it ends for a user who is not to be suspended; `undefined` for one who is active. */
function endingBefore(
  run: CallRun,
  target: Target,
  resolution: Resolution | string | undefined,
  options: SuspensionOptions,
): SuspensionEnding | undefined {
  if (typeof resolution === "string") return survive(resolution);
  switch (resolution?.kind) {
    case "undecided":
      return survive(resolution.failure.message, { failure: resolution.failure });
    case "found": {
      const { user } = resolution;
      const reason = run.findLateReason(target, user);
      if (reason) return { kind: "kept", reason };
      if (user.status === undefined) return survive(NO_STATUS);
      if (user.status === ACTIVATED) return undefined;
      const attempt = options.attempts?.get(target.id);
      return waitingFrom(run, user, options, attempt !== undefined && isSuspendedBy(attempt, user));
    }
    case "absent":
    case "several":
    case undefined:
      return survive(NOT_SHOWN);
  }
}

/** Whether an earlier call of this set has suspended the user, although that apply could not confirm it. */
function isSuspendedBy(attempt: SuspensionAttempt, user: DirectoryUser): boolean {
  return isSameUserId(attempt.userId, user.userId) && user.status === SUSPENDED && isSetBy(attempt, user);
}

/** A resolution for each user, or why there is none. */
async function lookUp(
  run: CallRun,
  targets: readonly Target[],
): Promise<ReadonlyMap<Target, Resolution | string>> {
  const halt = run.getHaltReason();
  if (halt) return new Map(targets.map((target) => [target, halt.reason]));
  const ids = targets.map(({ userId }) => userId);
  const resolutions = await run.lookUp(ids, UserIdType.USER_ID, run.sending);
  return new Map(targets.map((target) => [target, resolutionOf(target.userId, resolutions)]));
}

function endingOf(
  run: CallRun,
  target: Target,
  answer: StatusAnswer,
  options: SuspensionOptions,
): SuspensionEnding {
  switch (answer.kind) {
    case "changed":
      return waitingFrom(run, answer.user, options, isSetBy(answer.call, answer.user));
    case "passed_over":
      return endingBefore(run, target, answer.found, options) ?? survive(CHANGED);
    case "hidden":
      return survive("GenAuth answered success, but no longer shows the user.", {
        mayBeSuspended: answer.call,
      });
    case "failed":
      return survive(answer.reason, { failure: answer.failure, mayBeSuspended: answer.call });
  }
}

function survive(reason: string, more: Omit<Survival, "reason"> = {}): SuspensionEnding {
  return { kind: "survivor", reason, ...more };
}

function waitingFrom(
  run: CallRun,
  user: DirectoryUser,
  { days, seen }: SuspensionOptions,
  isOurs: boolean,
): SuspensionEnding {
  const now = run.options.directory.serviceTime();
  if (now === undefined) return survive(NO_CLOCK);
  const { userId, statusChangedAt } = user;
  const changed = statusChangedAt === undefined ? undefined : Date.parse(statusChangedAt);
  const since = latestTime(now, seen, changed) ?? now;
  return {
    kind: "waiting",
    user: { userId, ...markOf(user), isOurs, deleteFrom: deletionDay(since, days), days, isDue: false },
  };
}

/** A user whom this set suspended, with the status that a look-up showed. */
export type SuspendedUser = Target & StatusMark;

/** How it ended for a user who is declared again. */
export type ReactivationEnding =
  /** The user has the status back. `harm` says what else has changed. */
  | { readonly kind: "reactivated"; readonly harm: string | undefined }
  /** Not reactivated, because somebody changed the status meanwhile, to this one. */
  | { readonly kind: "released"; readonly status: string }
  /** Still suspended. The user waits on, and the next apply tries again. */
  | ({ readonly kind: "survivor" } & Survival);

/**
 * Gives users whom this set suspended their status back, if nobody has changed it since. The first one goes alone, and is never suspended
 * again, because the user is declared.
 *
 * @returns how it ended for each target, in the given order
 */
export async function reactivateUsers<T extends SuspendedUser>(
  run: CallRun,
  users: readonly T[],
  options: FirstChangeOptions,
): Promise<Map<T, ReactivationEnding>> {
  return await oncePerUser(users, async (distinct) => {
    const endings = new Map<Target, ReactivationEnding>();
    for (const chunk of chunksOf(distinct, MAX_IDS_PER_CALL)) {
      const { answers, harmed } = await reactivateChunk(run, chunk, options);
      for (const user of chunk) endings.set(user, reactivationOf(answers.get(user), harmed.get(user)));
    }
    return endings;
  });
}

async function reactivateChunk(
  run: CallRun,
  chunk: readonly SuspendedUser[],
  options: FirstChangeOptions,
): Promise<CheckedAnswers> {
  const halt = run.getHaltReason();
  if (halt)
    return { answers: new Map(chunk.map((user) => [user, { kind: "failed", ...halt }])), harmed: new Map() };
  const expected = new Map<Target, ExpectedUser>(chunk.map((user) => [user, markOf(user)]));
  return await options.first.change(chunk, {
    change: (some) =>
      changeStatus(run, new Map([...expected].filter(([user]) => some.includes(user))), ACTIVATED),
    readRecord: recordReader(run, options),
  });
}

function reactivationOf(answer: StatusAnswer | undefined, harm: string | undefined): ReactivationEnding {
  switch (answer?.kind) {
    case "changed":
      return { kind: "reactivated", harm };
    case "failed":
      return { kind: "survivor", reason: answer.reason, failure: answer.failure };
    case "passed_over": {
      const { found } = answer;
      if (found.kind === "found") return { kind: "released", status: found.user.status ?? "" };
      if (found.kind !== "undecided") break;
      return { kind: "survivor", reason: found.failure.message, failure: found.failure };
    }
  }
  return { kind: "survivor", reason: "GenAuth no longer shows the user." };
}
