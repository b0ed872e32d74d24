import { printable } from "../../text";
import {
  type DirectoryFailure,
  type DirectoryUser,
  type Outcome,
  type SettableStatus,
  UserIdType,
} from "../directory";
import type { Resolution } from "../look-up/resolution";
import { isUnchanged, STATUS_BEFORE, type StatusMark } from "../status";
import type { CallRun, Halt, Target } from "./call-run";
import { type CallAnswer, ChunkCall, type Sending, unclearAnswer } from "./send-call";

/** What became of a changed status. */
export type StatusAnswer =
  /** A look-up shows the new status. */
  | { readonly kind: "changed"; readonly user: DirectoryUser }
  /** Not sent: the look-up right before the call did not show the user as the caller expects. */
  | { readonly kind: "passed_over"; readonly found: Resolution }
  /** No look-up shows the user any more. */
  | { readonly kind: "hidden" }
  /** The user does not have the new status, or nobody knows. */
  | ({ readonly kind: "failed" } & Halt);

/** One answer for each user. */
export type StatusAnswers = ReadonlyMap<Target, StatusAnswer>;

/** How a status is changed. */
export interface StatusChangeOptions {
  /**
   * Whether it undoes what this run has done. It is then sent even after an interrupt, and also for a user whom no look-up shows, or whose status
   * has another time.
   */
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
  expected: ReadonlyMap<Target, StatusMark>,
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
  /** Users whose status a call may have set. */
  private readonly reached = new Set<Target>();

  constructor(
    run: CallRun,
    private readonly expected: ReadonlyMap<Target, StatusMark>,
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
  protected async transmit(targets: readonly Target[]): Promise<Outcome<void>> {
    const { directory } = this.run.options;
    const news = targets.filter((target) => !this.recorded.has(target));
    if (this.options.record && news.length > 0) {
      const written = await this.options.record(news);
      if (!written.ok) return written;
      for (const target of news) this.recorded.add(target);
    }
    const userIds = targets.map(({ userId }) => userId);
    const outcome = await directory.setStatus(userIds, this.status, this.stop);
    if (outcome.ok || outcome.failure.effect !== "none")
      for (const target of targets) this.reached.add(target);
    return outcome;
  }

  /** Decides by the look-up before a call whether it may name a user. Of those whom an earlier call named, the read-back decides. */
  protected spare(
    target: Target,
    resolution: Resolution,
    { failure, ...sending }: Sending,
  ): CallAnswer<StatusAnswer> | undefined {
    const user = resolution.kind === "found" ? resolution.user : undefined;
    const isAsBefore = this.isAsExpected(target, resolution);
    if (isAsBefore && (!user || (this.options.mayChange?.(target, user) ?? true))) return undefined;
    if (!failure || !this.reached.has(target))
      return { kind: "kept", reason: { kind: "passed_over", found: resolution } };
    if (!user || isAsBefore || user.status === this.status) return unclearAnswer(failure, sending);
    const reason = changedByOthers(user, "so it was not changed again");
    return { kind: "kept", reason: { kind: "failed", reason } };
  }

  private isAsExpected(target: Target, resolution: Resolution): boolean {
    const { isUndoing = false } = this.options;
    if (resolution.kind !== "found") return isUndoing && resolution.kind === "absent";
    const { user } = resolution;
    if (user.status !== STATUS_BEFORE[this.status]) return false;
    return isUndoing || isUnchanged(this.expected.get(target) ?? {}, user);
  }

  protected isSettled(target: Target, { kind }: CallAnswer<StatusAnswer>): boolean {
    return kind === "kept" || !this.reached.has(target);
  }

  protected endUnseen(_: Target, answer: CallAnswer<StatusAnswer>): StatusAnswer {
    switch (answer.kind) {
      case "kept":
        return answer.reason;
      case "success":
      case "unnamed":
        return { kind: "hidden" };
      case "unclear":
      case "refused":
      case "unsent":
        return { kind: "failed", reason: answer.reason, failure: answer.failure };
    }
  }

  protected endSeen(target: Target, answer: CallAnswer<StatusAnswer>, resolution: Resolution) {
    const end = (ending: StatusAnswer, mayChange: boolean) => ({ ending, mayChange });
    const fail = (reason: string, failure?: DirectoryFailure) =>
      ({ kind: "failed", reason, failure }) as const;
    if (resolution.kind === "undecided") {
      const { failure } = resolution;
      const done =
        answer.kind === "success" ? "GenAuth answered success" : "GenAuth may have changed the status";
      const reason = `${done}, but the new status could not be confirmed: ${failure.message}`;
      return end(fail(reason, failure), failure.transient);
    }
    if (resolution.kind !== "found") return end({ kind: "hidden" }, true);
    const { user } = resolution;
    if (user.status === this.status) {
      const isLate = user.statusChangedAt === this.expected.get(target)?.statusChangedAt;
      return end({ kind: "changed", user }, isLate);
    }
    if (user.status !== STATUS_BEFORE[this.status])
      return end(fail(changedByOthers(user, "so it is not changed again")), false);
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
