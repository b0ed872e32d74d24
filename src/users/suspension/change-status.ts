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

/**
 * Sets the status of at most 50 users, by system user id, and looks them up until GenAuth shows it, or time is up. A call that
 * GenAuth refuses is halved until only the offending user is left. After a lost answer, a look-up decides who is sent again.
 *
 * @param before the users as they were, to recognize a time of change that GenAuth shows late
 */
export async function changeStatus(
  run: DeletionRun,
  targets: readonly Target[],
  status: SettableStatus,
  before: ReadonlyMap<Target, DirectoryUser> = new Map(),
): Promise<StatusAnswers> {
  const sent = await send(run, targets, status, 1);
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

async function send(
  run: DeletionRun,
  targets: readonly Target[],
  status: SettableStatus,
  attempt: number,
): Promise<Map<Target, Sent>> {
  if (targets.length === 0) return new Map();
  const halt = run.getHaltReason();
  if (halt) return all(targets, { kind: "failed", ...halt });
  const { directory, maxAttempts } = run.options;
  const sentAt = directory.serviceTime();
  const outcome = await directory.setStatus(
    targets.map(({ userId }) => userId),
    status,
    run.sending,
  );
  if (outcome.ok) return all(targets, { kind: "sent", ...(sentAt !== undefined && { sentAt }) });
  const { failure } = outcome;
  run.note(failure);
  const failed = { kind: "failed", reason: failure.message, failure } as const;
  if (failure.effect === "none") {
    if (failure.reach === "every_call" || failure.transient || targets.length === 1)
      return all(targets, failed);
    const [first, second] = halvesOf(targets);
    const halves = [await send(run, first, status, attempt), await send(run, second, status, attempt)];
    return new Map(halves.flatMap((half) => [...half]));
  }
  await run.wait(pauseBefore(attempt));
  const users = await lookUp(run, targets);
  const done = targets.filter((target) => statusIn(users.get(target)) === status);
  const open = targets.filter((target) => !done.includes(target));
  const again =
    attempt < maxAttempts
      ? await send(run, open, status, attempt + 1)
      : all(open, { ...failed, reason: `GenAuth may have changed the status: ${failure.message}` });
  return new Map([...all(done, { kind: "sent", ...(sentAt !== undefined && { sentAt }) }), ...again]);
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
  const isLate = before?.statusChangedAt !== undefined && user.statusChangedAt === before.statusChangedAt;
  return { answer: { kind: "changed", user }, mayChange: isLate };
}

function all(targets: readonly Target[], sent: Sent): Map<Target, Sent> {
  return new Map(targets.map((target) => [target, sent]));
}
