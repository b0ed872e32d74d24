import { printable } from "../../text";
import type { DirectoryFailure, DirectoryUser, Outcome, SettableStatus } from "../directory";
import type { Resolution } from "../look-up/resolution";
import { isUnchanged, STATUS_BEFORE, type StatusCall, type StatusMark } from "../status";
import { UserIdType } from "../user-id-type";
import type { CallRun, Halt, Target } from "./call-run";
import { type CallAnswer, readBack, sendCall, type Sending, unclearAnswer } from "./send-call";

/** What became of a changed status. */
export type StatusAnswer =
  /** A look-up shows the new status. */
  | { readonly kind: "changed"; readonly user: DirectoryUser; readonly call: StatusCall }
  /** Not sent: the look-up right before the call did not show the user as the caller expects. */
  | { readonly kind: "passed_over"; readonly found: Resolution }
  /** No look-up shows the user any more. */
  | { readonly kind: "hidden"; readonly call: StatusCall }
  /** The user does not have the new status, or nobody knows. `call` is one that may have set it all the same. */
  | ({ readonly kind: "failed"; readonly call?: StatusCall | undefined } & Halt);

/** One answer for each user. */
export type StatusAnswers = ReadonlyMap<Target, StatusAnswer>;

/** How a user must be right before the call: with a status that was set at a certain time, or shown by no look-up. */
export type ExpectedUser = StatusMark | "hidden";

/** How a status is changed. */
export interface StatusChangeOptions {
  /** Whether to send it even after an interrupt, because it undoes what this run has done. */
  readonly isUndoing?: boolean;
  /** What else must hold right before the call; default nothing. */
  readonly mayChange?: (target: Target, user: DirectoryUser) => boolean;
  /** Called with users right before they are sent for the first time. If it fails, they are not sent. */
  readonly record?: (targets: readonly Target[]) => Promise<Outcome<void>>;
}

/**
 * Sets the status of at most 50 users, by system user id, and looks them up until GenAuth shows it, or time is up. Right before each call,
 * users are looked up; only those who are exactly as expected are sent, so that nothing that somebody else has decided meanwhile is
 * overwritten.
 */
export async function changeStatus(
  run: CallRun,
  expected: ReadonlyMap<Target, ExpectedUser>,
  status: SettableStatus,
  options: StatusChangeOptions = {},
): Promise<StatusAnswers> {
  const change: Change = { run, expected, status, options, recorded: new Set(), calls: new Map() };
  const stop = options.isUndoing ? run.reading : run.sending;
  const answers = await sendCall<StatusAnswer>(
    {
      run,
      idType: UserIdType.USER_ID,
      idOf: ({ userId }) => userId,
      stop,
      getHaltReason: () => (options.isUndoing ? run.getReadFailure() : run.getHaltReason()),
      needsLookUp: () => true,
      repeatsAlone: true,
      spare: (target, resolution, sending) => spare(change, target, resolution, sending),
      send: (targets, begun) => send(change, targets, begun, stop),
    },
    [...expected.keys()],
  );
  return await readBack<StatusAnswer, StatusAnswer>(run, answers, {
    isSettled: (target, answer) => answer.kind === "kept" || !change.calls.has(target),
    endUnseen: (target, answer) => endUnseen(change, target, answer),
    endSeen: (target, answer, resolution) => endSeen(change, target, answer, resolution),
  });
}

interface Change {
  readonly run: CallRun;
  readonly expected: ReadonlyMap<Target, ExpectedUser>;
  readonly status: SettableStatus;
  readonly options: StatusChangeOptions;
  /** Users whom `record` has recorded. */
  readonly recorded: Set<Target>;
  /** The calls that may have set the status, as one from the first to the last of them. */
  readonly calls: Map<Target, StatusCall>;
}

/** Records users who are sent for the first time, and sends the call. Users who could not be recorded are not sent. */
async function send(
  change: Change,
  targets: readonly Target[],
  begun: number,
  stop: AbortSignal,
): Promise<Outcome<void>> {
  const { run, status, options, recorded } = change;
  const { directory } = run.options;
  // GenAuth's time before the call, as the look-up showed it.
  const from = directory.serviceTime();
  const news = targets.filter((target) => !recorded.has(target));
  if (options.record && news.length > 0) {
    const written = await options.record(news);
    if (!written.ok) return written;
    for (const target of news) recorded.add(target);
  }
  const userIds = targets.map(({ userId }) => userId);
  const outcome = await directory.setStatus(userIds, status, stop);
  if (outcome.ok || outcome.failure.effect !== "none") {
    const elapsed = performance.now() - begun;
    for (const target of targets) noteCall(change, target, from, elapsed);
  }
  return outcome;
}

/** Decides by the look-up before a call whether it may name a user. Of those whom an earlier call named, the read-back decides. */
function spare(
  { expected, status, options, calls }: Change,
  target: Target,
  resolution: Resolution,
  sending: Sending,
): CallAnswer<StatusAnswer> | undefined {
  const wanted = expected.get(target);
  const user = resolution.kind === "found" ? resolution.user : undefined;
  const isAsBefore =
    wanted === "hidden"
      ? resolution.kind === "absent"
      : user?.status === STATUS_BEFORE[status] && wanted && isUnchanged(wanted, user);
  if (isAsBefore && (!user || (options.mayChange?.(target, user) ?? true))) return undefined;
  if (!sending.failure || !calls.has(target))
    return { kind: "kept", reason: { kind: "passed_over", found: resolution } };
  if (!user || isAsBefore || user.status === status) return unclearAnswer(sending.failure, sending);
  const reason = changedByOthers(user, "so it was not changed again");
  return { kind: "kept", reason: { kind: "failed", reason } };
}

/**
 * @param from GenAuth's time before the call
 * @param elapsed how long the call took, in milliseconds; GenAuth's clock is not known after a lost answer
 */
function noteCall(
  { run, expected, calls }: Change,
  target: Target,
  from: number | undefined,
  elapsed: number,
) {
  const before = expected.get(target);
  const changedBefore = typeof before === "object" ? before.statusChangedAt : undefined;
  const first = calls.get(target)?.during?.from ?? from;
  const until = Math.max(run.options.directory.serviceTime() ?? 0, (from ?? 0) + Math.ceil(elapsed));
  calls.set(target, {
    changedBefore,
    during: first === undefined ? undefined : { from: first, until },
  });
}

/** Says that somebody else has set the status that a look-up shows. */
export function changedByOthers({ status }: StatusMark, consequence: string): string {
  return `Somebody else has changed the status to ${printable(status ?? "one that is not shown")} meanwhile, ${consequence}.`;
}

/** How it ended for a user who was not looked up since the calls. */
function endUnseen({ calls }: Change, target: Target, answer: CallAnswer<StatusAnswer>): StatusAnswer {
  const call = calls.get(target);
  switch (answer.kind) {
    case "kept":
      return answer.reason;
    case "success":
    case "unnamed":
      return { kind: "hidden", call: call ?? {} };
    case "unclear":
    case "refused":
    case "unsent":
      return { kind: "failed", reason: answer.reason, failure: answer.failure, call };
  }
}

/** What a look-up after the calls says, and whether a later one may say more. */
function endSeen(
  change: Change,
  target: Target,
  answer: CallAnswer<StatusAnswer>,
  resolution: Resolution,
): { readonly ending: StatusAnswer; readonly mayChange: boolean } {
  const { status, expected, calls } = change;
  const call = calls.get(target) ?? {};
  const fail = (reason: string, failure?: DirectoryFailure): StatusAnswer => ({
    kind: "failed",
    reason,
    failure,
    call,
  });
  if (resolution.kind === "undecided") {
    const { failure } = resolution;
    const done =
      answer.kind === "success" ? "GenAuth answered success" : "GenAuth may have changed the status";
    return {
      ending: fail(`${done}, but the new status could not be confirmed: ${failure.message}`, failure),
      mayChange: failure.transient,
    };
  }
  if (resolution.kind !== "found") return { ending: { kind: "hidden", call }, mayChange: true };
  const { user } = resolution;
  const before = expected.get(target);
  const isLate = typeof before === "object" && user.statusChangedAt === before.statusChangedAt;
  if (user.status === status) return { ending: { kind: "changed", user, call }, mayChange: isLate };
  if (typeof before === "object" && user.status !== before.status) {
    const reason = changedByOthers(user, "so it is not changed again");
    return { ending: { kind: "failed", reason }, mayChange: false };
  }
  if (answer.kind === "success") {
    const reason = `GenAuth answered success, but the user's status is still ${user.status ?? "not shown"}.`;
    return { ending: fail(reason), mayChange: true };
  }
  if (answer.kind !== "unclear") return { ending: endUnseen(change, target, answer), mayChange: false };
  return {
    ending: fail(`GenAuth may have changed the status: ${answer.reason}`, answer.failure),
    mayChange: true,
  };
}
