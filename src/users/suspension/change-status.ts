import { printable } from "../../text";
import type { DeletionRun, Target } from "../deletion/deletion-run";
import type { DirectoryFailure, DirectoryUser, SettableStatus } from "../directory";
import { halvesOf } from "../lists";
import { resolutionOf } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import { UserIdType } from "../user-id-type";

/** What became of a changed status. */
export type StatusAnswer =
  /** A look-up shows the new status. */
  | { readonly kind: "changed"; readonly user: DirectoryUser; readonly sentAt?: number }
  /** No look-up shows the user any more. */
  | { readonly kind: "hidden" }
  /** The user does not have the new status, or nobody knows. */
  | { readonly kind: "failed"; readonly reason: string; readonly failure?: DirectoryFailure };

/** One answer for each user. */
export type StatusAnswers = ReadonlyMap<Target, StatusAnswer>;

/** What is known after the calls, before the read-back. */
type Sent =
  { readonly kind: "sent"; readonly sentAt?: number } | (StatusAnswer & { readonly kind: "failed" });

/** How a status is changed. */
export interface StatusChangeOptions {
  /** The users as they were, to recognize a time of change that GenAuth shows late. */
  readonly before?: ReadonlyMap<Target, DirectoryUser>;
  /** Whether to send it even after an interrupt, because it undoes what this run has done. */
  readonly isUndoing?: boolean;
}

/**
 * Sets the status of at most 50 users, by system user id, and looks them up until GenAuth shows it, or time is up. A call that
 * GenAuth refuses is halved until only the offending user is left. After a lost answer, a look-up decides who is sent again.
 * Users whom somebody else has given a third status meanwhile are not sent again.
 */
export async function changeStatus(
  run: DeletionRun,
  targets: readonly Target[],
  status: SettableStatus,
  { before = new Map(), isUndoing = false }: StatusChangeOptions = {},
): Promise<StatusAnswers> {
  const call: Call = { run, status, isUndoing };
  const sent = await send(call, targets, 1);
  const answers = new Map<Target, StatusAnswer>();
  let open: Target[] = [];
  for (const [target, answer] of sent) {
    if (answer.kind === "failed") answers.set(target, answer);
    else open.push(target);
  }
  let waited = 0;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const users = await lookUp(run, open);
    const late: Target[] = [];
    for (const target of open) {
      const { answer, mayChange } = read(users.get(target), status, before.get(target));
      const { sentAt } = sent.get(target) as Sent & { kind: "sent" };
      answers.set(target, answer.kind === "changed" && sentAt !== undefined ? { ...answer, sentAt } : answer);
      if (mayChange) late.push(target);
    }
    open = late;
    const pause = Math.min(pauseBefore(attempt), run.options.confirmWithinMs - waited);
    if (open.length === 0 || pause <= 0 || run.getHaltReason()) break;
    await run.wait(pause);
    waited += pause;
    if (run.sending.aborted) break;
  }
  return answers;
}

interface Call {
  readonly run: DeletionRun;
  readonly status: SettableStatus;
  readonly isUndoing: boolean;
}

async function send(call: Call, targets: readonly Target[], attempt: number): Promise<Map<Target, Sent>> {
  const { run, status, isUndoing } = call;
  if (targets.length === 0) return new Map();
  const halt = isUndoing ? run.getReadFailure() : run.getHaltReason();
  if (halt) return all(targets, { kind: "failed", ...halt });
  const { directory, maxAttempts } = run.options;
  const sentAt = directory.serviceTime();
  const outcome = await directory.setStatus(
    targets.map(({ userId }) => userId),
    status,
    isUndoing ? run.reading : run.sending,
  );
  if (outcome.ok) return all(targets, { kind: "sent", ...(sentAt !== undefined && { sentAt }) });
  const { failure } = outcome;
  run.note(failure);
  const failed = { kind: "failed", reason: failure.message, failure } as const;
  if (failure.effect === "none") {
    if (failure.reach === "every_call" || failure.transient || targets.length === 1)
      return all(targets, failed);
    return await sendHalves(call, targets, attempt);
  }
  await run.wait(pauseBefore(attempt));
  const users = await lookUp(run, targets);
  const statuses = new Map(targets.map((target) => [target, statusIn(users.get(target))]));
  const open = targets.filter((target) => statuses.get(target) === OPPOSITE[status]);
  const changed = targets.filter((target) => isThird(statuses.get(target)));
  const done = targets.filter((target) => !open.includes(target) && !changed.includes(target));
  const again = async (): Promise<Map<Target, Sent>> => {
    // Only an outage passes by itself. Otherwise one of the users is the reason.
    if (!failure.transient && open.length > 1) return await sendHalves(call, open, attempt);
    if (attempt < maxAttempts) return await send(call, open, attempt + 1);
    return all(open, { ...failed, reason: `GenAuth may have changed the status: ${failure.message}` });
  };
  return new Map([
    // Of those whom no look-up shows, the read-back decides.
    ...all(done, { kind: "sent", ...(sentAt !== undefined && { sentAt }) }),
    ...changed.map((target): [Target, Sent] => [
      target,
      { kind: "failed", reason: changedTo(statuses.get(target)) },
    ]),
    ...(await again()),
  ]);
}

async function sendHalves(
  call: Call,
  targets: readonly Target[],
  attempt: number,
): Promise<Map<Target, Sent>> {
  const [first, second] = halvesOf(targets);
  return new Map([...(await send(call, first, attempt)), ...(await send(call, second, attempt))]);
}

/** The status that users have before it is changed. */
const OPPOSITE: Readonly<Record<SettableStatus, SettableStatus>> = {
  Activated: "Suspended",
  Suspended: "Activated",
};

function isThird(status: string | undefined): boolean {
  return status !== undefined && !(status in OPPOSITE);
}

function changedTo(status: string | undefined): string {
  return `Somebody else has changed the status to ${printable(status ?? "")} meanwhile, so it was not changed again.`;
}

type LookedUp = DirectoryUser | "absent" | DirectoryFailure;

function statusIn(user: LookedUp | undefined): string | undefined {
  return typeof user === "object" && "userId" in user ? user.status : undefined;
}

async function lookUp(run: DeletionRun, targets: readonly Target[]): Promise<Map<Target, LookedUp>> {
  const ids = targets.map(({ userId }) => userId);
  const resolutions = await run.lookUp(ids, UserIdType.USER_ID, run.reading);
  return new Map(
    targets.map((target): [Target, LookedUp] => {
      const resolution = resolutionOf(target.userId, resolutions);
      if (resolution.kind === "found") return [target, resolution.user];
      return [target, resolution.kind === "undecided" ? resolution.failure : "absent"];
    }),
  );
}

/** What a look-up after the call says, and whether a later one may say more. */
function read(
  user: LookedUp | undefined,
  status: SettableStatus,
  before: DirectoryUser | undefined,
): { readonly answer: StatusAnswer; readonly mayChange: boolean } {
  if (user === undefined || user === "absent") return { answer: { kind: "hidden" }, mayChange: true };
  if (!("userId" in user)) {
    const reason = `GenAuth answered success, but the new status could not be confirmed: ${user.message}`;
    return { answer: { kind: "failed", reason, failure: user }, mayChange: user.transient };
  }
  if (user.status !== status) {
    const reason = `GenAuth answered success, but the user's status is still ${user.status ?? "not shown"}.`;
    return { answer: { kind: "failed", reason }, mayChange: true };
  }
  const isLate = before !== undefined && user.statusChangedAt === before.statusChangedAt;
  return { answer: { kind: "changed", user }, mayChange: isLate };
}

function all(targets: readonly Target[], sent: Sent): Map<Target, Sent> {
  return new Map(targets.map((target) => [target, sent]));
}
