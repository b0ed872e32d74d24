import pLimit from "p-limit";
import {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  UserIdType,
} from "../directory";
import { isSameUserId } from "../ids/id-types";
import { chunksOf } from "../../lists";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { ACTIVATED, markOf, type StatusMark, SUSPENDED } from "../status";
import { deletionDay, type WaitingUser } from "../waiting-user";
import { type CallRun, type Kept, oncePerUser, type Survival, type Target } from "./call-run";
import { changeStatus, type StatusAnswer, type StatusAnswers } from "./change-status";
import type { AllFields, ChangeSteps, CheckedAnswers, FirstChange } from "./first-change";

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
  const suspension = new Suspension(run, options);
  const limit = pLimit(run.options.directory.parallelism);
  return await oncePerUser(users, async (distinct) => {
    const chunks = chunksOf(distinct, MAX_IDS_PER_CALL);
    const parts = chunks.map((chunk) => limit(() => suspension.suspendChunk(chunk)));
    return new Map((await run.awaitAll(parts)).flatMap((part) => [...part]));
  });
}

const NOT_SHOWN = "Not suspended, because GenAuth no longer shows the user.";
const HIDDEN = "GenAuth answered success, but no longer shows the user.";
const CHANGED =
  "Not suspended, because somebody else has set the status right before the call. The next apply tries again.";
const NO_STATUS =
  "Not suspended, because GenAuth does not show the user's status. Set suspend_days = 0 to delete at once.";
const NO_CLOCK =
  "GenAuth's answers hold no Date header, so the day of the deletion cannot be told. Set suspend_days = 0 to delete at once.";

class Suspension {
  constructor(
    private readonly run: CallRun,
    private readonly options: SuspensionOptions,
  ) {}

  async suspendChunk(targets: readonly Target[]): Promise<Map<Target, SuspensionEnding>> {
    const { run, options } = this;
    const halt = run.getHaltReason();
    if (halt) return new Map(targets.map((target) => [target, survive(halt.reason)]));
    const endings = new Map<Target, SuspensionEnding>();
    const active = new Map<Target, DirectoryUser>();
    const userIds = targets.map(({ userId }) => userId);
    const found = await run.lookUp(userIds, UserIdType.USER_ID, run.sending);
    for (const target of targets) {
      const resolution = resolutionOf(target.userId, found);
      const ending = this.endBefore(target, resolution);
      if (ending) endings.set(target, ending);
      else if (run.options.directory.serviceTime() === undefined) endings.set(target, survive(NO_CLOCK));
      else if (resolution.kind === "found") active.set(target, resolution.user);
    }
    const { answers } = await options.first.change([...active.keys()], {
      change: async (chunk) => await this.suspendActive(chunk, active),
      undo: async (target) => await this.setBack(target),
      readRecord: recordReader(run, options),
      isFoundById: async ({ id, userId }) => {
        const resolution = resolutionOf(id, await run.lookUp([id], run.options.type, run.reading));
        return resolution.kind === "found" && isSameUserId(resolution.userId, userId);
      },
    });
    for (const [target, answer] of answers)
      endings.set(target, this.endAfter(target, answer, active.get(target)));
    return endings;
  }

  /** Suspends users once they are recorded, if the run keeps a deletion record. A user who is not recorded is not suspended. */
  private async suspendActive(
    targets: readonly Target[],
    before: ReadonlyMap<Target, DirectoryUser>,
  ): Promise<StatusAnswers> {
    const { record, type } = this.run.options;
    const expected = new Map(targets.map((target) => [target, markOf(before.get(target) ?? {})]));
    const statusOf = (target: Target) => before.get(target)?.status ?? ACTIVATED;
    return await changeStatus(this.run, expected, SUSPENDED, {
      mayChange: (target, user) => this.run.findLateReason(target, user) === undefined,
      record:
        record &&
        ((some) => record.noteSuspension(new Map(some.map((target) => [target, statusOf(target)])), type)),
    });
  }

  /** Undoes a suspension of this run. */
  private async setBack(target: Target): Promise<StatusAnswer> {
    const expected = new Map([[target, {}]]);
    const answers = await changeStatus(this.run, expected, ACTIVATED, { isUndoing: true });
    return answers.get(target) ?? { kind: "hidden" };
  }

  /** How it ends for a user who is not to be suspended; `undefined` for one who is active. */
  private endBefore(target: Target, resolution: Resolution): SuspensionEnding | undefined {
    if (resolution.kind === "undecided") return survive(resolution.failure.message, resolution.failure);
    if (resolution.kind !== "found") return survive(NOT_SHOWN);
    const { user } = resolution;
    const reason = this.run.findLateReason(target, user);
    if (reason) return { kind: "kept", reason };
    if (user.status === undefined) return survive(NO_STATUS);
    if (user.status === ACTIVATED) return undefined;
    return this.letWait(user, false);
  }

  private endAfter(
    target: Target,
    answer: StatusAnswer,
    { statusChangedAt: before }: StatusMark = {},
  ): SuspensionEnding {
    switch (answer.kind) {
      case "changed": {
        const { statusChangedAt: since } = answer.user;
        // Without a new time, nothing would show that somebody else suspends the user anew.
        return this.letWait(answer.user, since !== undefined && since !== before);
      }
      case "passed_over":
        return this.endBefore(target, answer.found) ?? survive(CHANGED);
      case "hidden":
        return survive(HIDDEN);
      case "failed":
        return survive(answer.reason, answer.failure);
    }
  }

  private letWait(user: DirectoryUser, isOurs: boolean): SuspensionEnding {
    const now = this.run.options.directory.serviceTime();
    if (now === undefined) return survive(NO_CLOCK);
    const { userId, statusChangedAt } = user;
    // An answer out of a cache may have an old time, and a day that counted from it would come too early.
    const changed = Date.parse(statusChangedAt ?? "");
    const deleteFrom = deletionDay(changed > now ? changed : now, this.options.days);
    return { kind: "waiting", user: { userId, ...markOf(user), isOurs, deleteFrom, isDue: false } };
  }
}

function recordReader(run: CallRun, { readFullUsers }: FirstChangeOptions): ChangeSteps["readRecord"] {
  return async ({ userId }) => {
    const outcome = await readFullUsers([userId], run.reading);
    if (!outcome.ok) return outcome;
    return { ok: true, value: outcome.value.find((user) => isSameUserId(user.userId, userId)) };
  };
}

function survive(reason: string, failure?: DirectoryFailure): SuspensionEnding {
  return { kind: "survivor", reason, failure };
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
  const expected = new Map<Target, StatusMark>(chunk.map((user) => [user, markOf(user)]));
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
