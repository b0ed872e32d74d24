import pLimit from "p-limit";
import { type DirectoryFailure, type DirectoryUser, MAX_IDS_PER_CALL, type Outcome } from "../directory";
import { isSameUserId, userIdKey } from "../ids/id-types";
import { chunksOf, firstOfEach, groupBy } from "../../lists";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { ACTIVATED, isSetBy, markOf, type StatusMark, SUSPENDED, type SuspensionAttempt } from "../status";
import { UserIdType } from "../user-id-type";
import { deletionDay, latestTime, type WaitingUser } from "../waiting-user";
import type { CallRun, KeptUser, Survival, Survivor, Target } from "./call-run";
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

/** The result for each id. Each id is in one of the three lists, in the given order. */
export interface SuspensionResult {
  /** Users who wait for the deletion: suspended by this run, or not active before. */
  readonly waiting: readonly WaitingUser[];
  /** Users who are still active, or not confirmed suspended. They stay in the set. */
  readonly survivors: readonly Survivor[];
  /** Not suspended, because right before the call the user was retained or protected. */
  readonly kept: readonly KeptUser[];
}

type Ending =
  | ({ readonly kind: "kept" } & Pick<KeptUser, "reason">)
  | { readonly kind: "waiting"; readonly user: Omit<WaitingUser, "id" | "label"> }
  | { readonly kind: "survivor"; readonly survival: Survival };

/**
 * Suspends users who leave a set, by system user id, 50 per call, and reads back until GenAuth shows the new status. Only users whose
 * status is `Activated` are changed; all others wait with the status that they have. Users who are retained or protected right before their
 * call are kept. Deletes nobody, and never throws for an answer of the directory.
 */
export async function suspendUsers(
  run: CallRun,
  users: readonly Target[],
  options: SuspensionOptions,
): Promise<SuspensionResult> {
  // Two ids may name one user, who is suspended once.
  const idsOfUser = groupBy(users, ({ userId }) => userIdKey(userId));
  const distinct = firstOfEach(idsOfUser);
  const limit = pLimit(run.options.directory.parallelism);
  const chunks = chunksOf(distinct, MAX_IDS_PER_CALL);
  const parts = await run.awaitAll(chunks.map((chunk) => limit(() => suspendChunk(run, chunk, options))));
  const endings = new Map(
    parts.flatMap((part) => [...part]).map(([{ userId }, ending]) => [userIdKey(userId), ending] as const),
  );
  const waiting: WaitingUser[] = [];
  const survivors: Survivor[] = [];
  const kept: KeptUser[] = [];
  for (const { id, label, userId } of users) {
    const ending = endings.get(userIdKey(userId));
    if (ending?.kind === "waiting") waiting.push({ id, label, ...ending.user });
    else if (ending?.kind === "kept") kept.push({ id, label, reason: ending.reason });
    else if (ending) survivors.push({ id, label, ...ending.survival });
  }
  return { waiting, survivors, kept };
}

async function suspendChunk(
  run: CallRun,
  targets: readonly Target[],
  options: SuspensionOptions,
): Promise<Map<Target, Ending>> {
  const endings = new Map<Target, Ending>();
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
    ...(record && {
      record: async (some) => {
        const statuses = new Map(some.map((target) => [target, before.get(target)?.status ?? ACTIVATED]));
        return await record.noteSuspension(statuses, type);
      },
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
): Ending | undefined {
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

function endingOf(run: CallRun, target: Target, answer: StatusAnswer, options: SuspensionOptions): Ending {
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

function survive(reason: string, more: Omit<Survival, "reason"> = {}): Ending {
  return { kind: "survivor", survival: { reason, ...more } };
}

function waitingFrom(
  run: CallRun,
  user: DirectoryUser,
  { days, seen }: SuspensionOptions,
  isOurs: boolean,
): Ending {
  const now = run.options.directory.serviceTime();
  if (now === undefined) return survive(NO_CLOCK);
  const { userId, statusChangedAt } = user;
  const changed = statusChangedAt === undefined ? undefined : Date.parse(statusChangedAt);
  const since = latestTime(now, seen, changed) ?? now;
  return {
    kind: "waiting",
    user: { userId, ...markOf(user), isOurs, deleteFrom: deletionDay(since, days), isDue: false },
  };
}

/** A user whom this set suspended, with the status that a look-up showed. */
export type SuspendedUser = Target & StatusMark;

/** What became of users who are declared again. Each is in one of the lists. */
export interface ReactivationResult {
  readonly reactivated: readonly SuspendedUser[];
  /** Not reactivated, because somebody changed the status meanwhile, to this one. */
  readonly released: readonly { readonly user: SuspendedUser; readonly status: string }[];
  /** Still suspended. They wait on, and the next apply tries again. */
  readonly failed: readonly Survivor[];
  /** Reactivated, but not only the status has changed. Each reason says what has. */
  readonly harmed: readonly Survivor[];
}

/**
 * Gives users whom this set suspended their status back, if nobody has changed it since. The first one goes alone, and is never suspended
 * again, because the user is declared.
 */
export async function reactivateUsers(
  run: CallRun,
  users: readonly SuspendedUser[],
  options: FirstChangeOptions,
): Promise<ReactivationResult> {
  const reactivated: SuspendedUser[] = [];
  const released: { user: SuspendedUser; status: string }[] = [];
  const failed: Survivor[] = [];
  const harmed: Survivor[] = [];
  // Two ids may name one user, who is reactivated once.
  const idsOfUser = groupBy(users, ({ userId }) => userIdKey(userId));
  const distinct = firstOfEach(idsOfUser);
  const alike = ({ userId }: SuspendedUser): readonly SuspendedUser[] =>
    idsOfUser.get(userIdKey(userId)) ?? [];
  const fail = (user: SuspendedUser, reason: string, failure?: DirectoryFailure): void => {
    for (const { id, label } of alike(user)) failed.push({ id, label, reason, failure });
  };
  for (const chunk of chunksOf(distinct, MAX_IDS_PER_CALL)) {
    const halt = run.getHaltReason();
    const checked: CheckedAnswers = halt
      ? { answers: new Map(chunk.map((user) => [user, { kind: "failed", ...halt }])), harmed: new Map() }
      : await options.first.change(chunk, {
          change: (some) =>
            changeStatus(run, expectedOf(chunk.filter((user) => some.includes(user))), ACTIVATED),
          readRecord: recordReader(run, options),
        });
    for (const user of chunk) {
      const answer = checked.answers.get(user);
      const harm = checked.harmed.get(user);
      if (harm !== undefined)
        harmed.push(...alike(user).map(({ id, label }) => ({ id, label, reason: harm })));
      if (answer?.kind === "changed") reactivated.push(...alike(user));
      else if (answer?.kind === "failed") fail(user, answer.reason, answer.failure);
      else if (answer?.kind !== "passed_over") fail(user, NOT_SHOWN_ANY_MORE);
      else if (answer.found.kind === "undecided")
        fail(user, answer.found.failure.message, answer.found.failure);
      else if (answer.found.kind !== "found") fail(user, NOT_SHOWN_ANY_MORE);
      else {
        const { status = "" } = answer.found.user;
        released.push(...alike(user).map((one) => ({ user: one, status })));
      }
    }
  }
  return { reactivated, released, failed, harmed };
}

function expectedOf(users: readonly SuspendedUser[]): Map<Target, ExpectedUser> {
  return new Map(users.map((user) => [user, markOf(user)]));
}

const NOT_SHOWN_ANY_MORE = "GenAuth no longer shows the user.";
