import { performance } from "node:perf_hooks";
import { printable } from "../../text";
import type { DeletionRun, Target } from "../deletion/deletion-run";
import type { DirectoryFailure, DirectoryUser, Outcome, SettableStatus } from "../directory";
import { halvesOf } from "../lists";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import { isUnchanged, type StatusCall, type StatusMark } from "../status";
import { UserIdType } from "../user-id-type";

/** What became of a changed status. */
export type StatusAnswer =
  /** A look-up shows the new status. */
  | { readonly kind: "changed"; readonly user: DirectoryUser; readonly call: StatusCall }
  /** Not sent: the look-up right before the call did not show the user as the caller expects. */
  | { readonly kind: "passed_over"; readonly found: Resolution }
  /** No look-up shows the user any more. */
  | { readonly kind: "hidden"; readonly call: StatusCall }
  /** The user does not have the new status, or nobody knows. `call` is one that may have set it all the same. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly failure?: DirectoryFailure;
      readonly call?: StatusCall;
    };

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
 * Sets the status of at most 50 users, by system user id, and looks them up until GenAuth shows it, or time is up. The only place that
 * does. Right before each call, users are looked up; only those who are exactly as expected are sent, so that nothing that somebody else has
 * decided meanwhile is overwritten. A call that GenAuth refuses is halved until only the offending user is left. After a lost answer, a
 * look-up decides who is sent again.
 */
export async function changeStatus(
  run: DeletionRun,
  expected: ReadonlyMap<Target, ExpectedUser>,
  status: SettableStatus,
  options: StatusChangeOptions = {},
): Promise<StatusAnswers> {
  const change: Change = { run, expected, status, options, recorded: new Set(), calls: new Map() };
  const sent = await send(change, [...expected.keys()], 1);
  const answers = new Map<Target, StatusAnswer>();
  const open: Target[] = [];
  for (const [target, answer] of sent) {
    if (answer === "sent") open.push(target);
    else answers.set(target, answer);
  }
  await run.lookUntilSettled(open, async (left) => {
    const found = await lookUp(run, left);
    return left.filter((target) => {
      const { answer, mayChange } = read(change, target, resolutionOf(target.userId, found));
      answers.set(target, answer);
      return mayChange;
    });
  });
  return answers;
}

interface Change {
  readonly run: DeletionRun;
  readonly expected: ReadonlyMap<Target, ExpectedUser>;
  readonly status: SettableStatus;
  readonly options: StatusChangeOptions;
  /** Users whom `record` has recorded. */
  readonly recorded: Set<Target>;
  /** The calls that may have set the status, as one from the first to the last of them. */
  readonly calls: Map<Target, StatusCall>;
}

/** What is known after the calls, before the read-back. */
type Sent = "sent" | StatusAnswer;

async function send(change: Change, targets: readonly Target[], attempt: number): Promise<Map<Target, Sent>> {
  const { run, status, options, calls } = change;
  if (targets.length === 0) return new Map();
  const halt = (): ReturnType<DeletionRun["getHaltReason"]> =>
    options.isUndoing ? run.getReadFailure() : run.getHaltReason();
  const fail = (some: readonly Target[], why: Failed): Map<Target, Sent> =>
    new Map(some.map((target) => [target, failed(change, target, why)]));
  const early = halt();
  if (early && !targets.some((target) => calls.has(target))) return fail(targets, early);

  const { directory, maxAttempts } = run.options;
  const begun = performance.now();
  const { open, settled } = await selectExpected(change, targets);
  const from = directory.serviceTime();
  const halted = halt();
  if (halted) return new Map([...settled, ...fail(open, halted)]);
  const unrecorded = await recordBeforeCall(change, open);
  if (unrecorded) return new Map([...settled, ...fail(open, unrecorded)]);
  if (open.length === 0) return settled;
  const outcome = await directory.setStatus(
    open.map(({ userId }) => userId),
    status,
    options.isUndoing ? run.reading : run.sending,
  );
  if (outcome.ok || outcome.failure.effect !== "none") {
    const elapsed = performance.now() - begun;
    for (const target of open) noteCall(change, target, from, elapsed);
  }
  const sent = async (): Promise<Map<Target, Sent>> => {
    if (outcome.ok) return new Map(open.map((target) => [target, "sent"]));
    const { failure } = outcome;
    run.note(failure);
    const isRefused = failure.effect === "none";
    // Only an outage passes by itself. Otherwise one of the users is the reason.
    const isDivided = !failure.transient && failure.reach !== "every_call" && open.length > 1;
    if (isRefused && !isDivided) return fail(open, { reason: failure.message, failure });
    if (!isRefused) await run.wait(pauseBefore(attempt));
    if (!isDivided && attempt >= maxAttempts) {
      const { open: left, settled: done } = await selectExpected(change, open);
      const reason = `GenAuth may have changed the status: ${failure.message}`;
      return new Map([...done, ...fail(left, { reason, failure })]);
    }
    if (!isDivided) return await send(change, open, attempt + 1);
    const [first, second] = halvesOf(open);
    return new Map([...(await send(change, first, attempt)), ...(await send(change, second, attempt))]);
  };
  return new Map([...settled, ...(await sent())]);
}

/** Records users who are sent for the first time; gives the failure if they could not be recorded. */
async function recordBeforeCall(
  { run, options, recorded }: Change,
  targets: readonly Target[],
): Promise<Failed | undefined> {
  const news = targets.filter((target) => !recorded.has(target));
  if (!options.record || news.length === 0) return undefined;
  const written = await options.record(news);
  if (!written.ok) {
    const { failure } = written;
    run.note(failure);
    return { reason: failure.message, failure };
  }
  for (const target of news) recorded.add(target);
  return undefined;
}

/** Looks users up right before a call, and selects those whom it may name. Of those whom an earlier call named, the read-back decides. */
async function selectExpected(
  change: Change,
  targets: readonly Target[],
): Promise<{ readonly open: readonly Target[]; readonly settled: Map<Target, Sent> }> {
  const { run, expected, status, options, calls } = change;
  const found = await lookUp(run, targets);
  const open: Target[] = [];
  const settled = new Map<Target, Sent>();
  for (const target of targets) {
    const resolution = resolutionOf(target.userId, found);
    const wanted = expected.get(target);
    if (resolution.kind !== "found") {
      if (wanted === "hidden" && resolution.kind === "absent") open.push(target);
      else settled.set(target, calls.has(target) ? "sent" : { kind: "passed_over", found: resolution });
      continue;
    }
    const { user } = resolution;
    const isExpected = wanted !== undefined && wanted !== "hidden" && isUnchanged(wanted, user);
    if (isExpected && (options.mayChange?.(target, user) ?? true)) open.push(target);
    else if (!calls.has(target)) settled.set(target, { kind: "passed_over", found: resolution });
    else if (user.status === status) settled.set(target, "sent");
    else
      settled.set(target, { kind: "failed", reason: changedByOthers(user, "so it was not changed again") });
  }
  return { open, settled };
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
    ...(changedBefore !== undefined && { changedBefore }),
    ...(first !== undefined && { during: { from: first, until } }),
  });
}

/** Says that somebody else has set the status that a look-up shows. */
export function changedByOthers({ status }: StatusMark, consequence: string): string {
  return `Somebody else has changed the status to ${printable(status ?? "one that is not shown")} meanwhile, ${consequence}.`;
}

interface Failed {
  readonly reason: string;
  readonly failure?: DirectoryFailure;
}

function failed(
  { calls }: Pick<Change, "calls">,
  target: Target,
  { reason, failure }: Failed,
): StatusAnswer & { kind: "failed" } {
  const call = calls.get(target);
  return { kind: "failed", reason, ...(failure && { failure }), ...(call && { call }) };
}

async function lookUp(
  run: DeletionRun,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, Resolution>> {
  const ids = targets.map(({ userId }) => userId);
  return await run.lookUp(ids, UserIdType.USER_ID, run.reading);
}

/** What a look-up after the call says, and whether a later one may say more. */
function read(
  change: Change,
  target: Target,
  resolution: Resolution,
): { readonly answer: StatusAnswer; readonly mayChange: boolean } {
  const { status, expected, calls } = change;
  const call = calls.get(target) ?? {};
  if (resolution.kind === "undecided") {
    const { failure } = resolution;
    const reason = `GenAuth answered success, but the new status could not be confirmed: ${failure.message}`;
    return { answer: failed(change, target, { reason, failure }), mayChange: failure.transient };
  }
  if (resolution.kind !== "found") return { answer: { kind: "hidden", call }, mayChange: true };
  const { user } = resolution;
  const before = expected.get(target);
  const isLate = typeof before === "object" && user.statusChangedAt === before.statusChangedAt;
  if (user.status === status) return { answer: { kind: "changed", user, call }, mayChange: isLate };
  if (typeof before === "object" && user.status !== before.status) {
    const reason = changedByOthers(user, "so it is not changed again");
    return { answer: { kind: "failed", reason }, mayChange: false };
  }
  const reason = `GenAuth answered success, but the user's status is still ${user.status ?? "not shown"}.`;
  return { answer: failed(change, target, { reason }), mayChange: true };
}
