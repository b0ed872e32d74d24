import { printable } from "../../text";
import {
  type DirectoryFailure,
  type DirectoryUser,
  type Outcome,
  type SettableStatus,
  UserIdType,
} from "../directory";
import type { Resolution } from "../look-up/resolution";
import { isUnchanged, STATUS_BEFORE, type StatusCall, type StatusMark } from "../status";
import type { CallRun, Halt, Target } from "./call-run";
import { type CallAnswer, ChunkCall, type Sending, unclearAnswer } from "./send-call";

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
  return await new StatusCalls(run, expected, status, options).change();
}

class StatusCalls extends ChunkCall<StatusAnswer, StatusAnswer> {
  protected readonly idType = UserIdType.USER_ID;
  protected override readonly repeatsAlone = true;
  /** Users whom `record` has recorded. */
  private readonly recorded = new Set<Target>();
  /** The calls that may have set the status, as one from the first to the last of them. */
  private readonly calls = new Map<Target, StatusCall>();

  constructor(
    run: CallRun,
    private readonly expected: ReadonlyMap<Target, ExpectedUser>,
    private readonly status: SettableStatus,
    private readonly options: StatusChangeOptions,
  ) {
    super(run);
  }

  async change(): Promise<StatusAnswers> {
    return await this.readBack(await this.send([...this.expected.keys()]));
  }

  protected override get stop(): AbortSignal {
    return this.options.isUndoing ? this.run.reading : this.run.sending;
  }

  protected override getHaltReason(): Halt | undefined {
    return this.options.isUndoing ? this.run.getReadFailure() : this.run.getHaltReason();
  }

  protected idOf({ userId }: Target): string {
    return userId;
  }

  protected needsLookUp(): boolean {
    return true;
  }

  /** Records users who are sent for the first time, and sends the call. Users who could not be recorded are not sent. */
  protected async transmit(targets: readonly Target[], begun: number): Promise<Outcome<void>> {
    const { directory } = this.run.options;
    // GenAuth's time before the call, as the look-up showed it.
    const from = directory.serviceTime();
    const news = targets.filter((target) => !this.recorded.has(target));
    if (this.options.record && news.length > 0) {
      const written = await this.options.record(news);
      if (!written.ok) return written;
      for (const target of news) this.recorded.add(target);
    }
    const userIds = targets.map(({ userId }) => userId);
    const outcome = await directory.setStatus(userIds, this.status, this.stop);
    if (outcome.ok || outcome.failure.effect !== "none") {
      const elapsed = performance.now() - begun;
      for (const target of targets) this.noteCall(target, from, elapsed);
    }
    return outcome;
  }

  /**
   * @param from GenAuth's time before the call
   * @param elapsed how long the call took, in milliseconds; GenAuth's clock is not known after a lost answer
   */
  private noteCall(target: Target, from: number | undefined, elapsed: number): void {
    const first = this.calls.get(target)?.during?.from ?? from;
    const now = this.run.options.directory.serviceTime();
    const until = Math.max(now ?? 0, (from ?? 0) + Math.ceil(elapsed));
    this.calls.set(target, {
      changedBefore: this.markBefore(target)?.statusChangedAt,
      during: first === undefined ? undefined : { from: first, until },
    });
  }

  /** The status that the user is to have right before the call; `undefined` of one whom no look-up is to show. */
  private markBefore(target: Target): StatusMark | undefined {
    const before = this.expected.get(target);
    return before === "hidden" ? undefined : before;
  }

  /** Decides by the look-up before a call whether it may name a user. Of those whom an earlier call named, the read-back decides. */
  protected spare(
    target: Target,
    resolution: Resolution,
    { failure, ...sending }: Sending,
  ): CallAnswer<StatusAnswer> | undefined {
    const mark = this.markBefore(target);
    const user = resolution.kind === "found" ? resolution.user : undefined;
    const isAsBefore = mark
      ? user?.status === STATUS_BEFORE[this.status] && isUnchanged(mark, user)
      : resolution.kind === "absent";
    if (isAsBefore && (!user || (this.options.mayChange?.(target, user) ?? true))) return undefined;
    if (!failure || !this.calls.has(target))
      return { kind: "kept", reason: { kind: "passed_over", found: resolution } };
    if (!user || isAsBefore || user.status === this.status) return unclearAnswer(failure, sending);
    const reason = changedByOthers(user, "so it was not changed again");
    return { kind: "kept", reason: { kind: "failed", reason } };
  }

  protected isSettled(target: Target, { kind }: CallAnswer<StatusAnswer>): boolean {
    return kind === "kept" || !this.calls.has(target);
  }

  protected endUnseen(target: Target, answer: CallAnswer<StatusAnswer>): StatusAnswer {
    const call = this.calls.get(target);
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

  protected endSeen(target: Target, answer: CallAnswer<StatusAnswer>, resolution: Resolution) {
    const call = this.calls.get(target) ?? {};
    const end = (ending: StatusAnswer, mayChange: boolean) => ({ ending, mayChange });
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
      const reason = `${done}, but the new status could not be confirmed: ${failure.message}`;
      return end(fail(reason, failure), failure.transient);
    }
    if (resolution.kind !== "found") return end({ kind: "hidden", call }, true);
    const { user } = resolution;
    const before = this.markBefore(target);
    if (user.status === this.status) {
      const isLate = before !== undefined && user.statusChangedAt === before.statusChangedAt;
      return end({ kind: "changed", user, call }, isLate);
    }
    if (before && user.status !== before.status) {
      const reason = changedByOthers(user, "so it is not changed again");
      return end({ kind: "failed", reason }, false);
    }
    if (answer.kind === "success") {
      const status = user.status ?? "not shown";
      return end(fail(`GenAuth answered success, but the user's status is still ${status}.`), true);
    }
    if (answer.kind !== "unclear") return end(this.endUnseen(target, answer), false);
    return end(fail(`GenAuth may have changed the status: ${answer.reason}`, answer.failure), true);
  }
}

/** Says that somebody else has set the status that a look-up shows. */
export function changedByOthers({ status }: StatusMark, consequence: string): string {
  return `Somebody else has changed the status to ${printable(status ?? "one that is not shown")} meanwhile, ${consequence}.`;
}
