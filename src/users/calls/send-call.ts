import { type DirectoryFailure, type Outcome, UserIdType } from "../directory";
import { halvesOf } from "../../lists";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import type { CallRun, Halt, Target } from "./call-run";

/** What is known about a user after the calls, before the read-back. */
export type CallAnswer<Kept> =
  /** GenAuth answered success. */
  | { readonly kind: "success"; readonly sentAt: number }
  /** It is not known whether a call was carried out. */
  | ({ readonly kind: "unclear"; readonly sentAt?: number } & Halt)
  /** GenAuth refused the call, or the user must not be sent again. It may have been carried out all the same. */
  | ({ readonly kind: "refused" } & Halt)
  /** No call was carried out. */
  | ({ readonly kind: "unsent" } & Halt)
  /** Right before the call, the id named no user: the user is gone or has another id. */
  | { readonly kind: "unnamed" }
  /** A look-up right before the call showed a reason not to send the user. */
  | { readonly kind: "kept"; readonly reason: Kept };

/** One answer for each user of a chunk. */
export type CallAnswers<Kept> = ReadonlyMap<Target, CallAnswer<Kept>>;

/** The history of the users of one call. */
export interface Sending {
  /** The number of this attempt, from 1; only lost answers increase it. */
  readonly attempt: number;
  /** Whether the chunk was looked up after GenAuth refused it. Its halves are then not looked up again. */
  readonly checked: boolean;
  /** Why the last call failed; absent before the first one. */
  readonly failure?: DirectoryFailure;
  /** The time of the first call that may have been carried out, in milliseconds since 1970. */
  readonly sentAt?: number;
}

/**
 * A call for at most 50 users that deletes them or sets their status, and the look-ups after it. What differs between the two is abstract.
 * `Kept` says why a user is not sent, and `Ending` how it ended for one.
 */
export abstract class ChunkCall<Kept, Ending> {
  /** The type of the ids that the call carries. Users are looked up by it before the call. */
  protected abstract readonly idType: UserIdType;
  /**
   * Whether a user alone is sent once more after an unclear answer that no outage explains. So a page of a gateway does not end a whole
   * change of status, whose first user goes alone.
   */
  protected readonly repeatsAlone: boolean = false;

  constructor(protected readonly run: CallRun) {}

  protected abstract idOf(target: Target): string;
  /** Whether to look a user up right before this call, and not only after one that failed. */
  protected abstract needsLookUp(target: Target, sending: Sending): boolean;
  /** The answer for a user whom the next call must not name, by the look-up before it; `undefined` for one whom it may name. */
  protected abstract spare(
    target: Target,
    resolution: Resolution,
    sending: Sending,
  ): CallAnswer<Kept> | undefined;
  protected abstract transmit(targets: readonly Target[]): Promise<Outcome<void>>;

  /** Whether no look-up could change how it ended. */
  protected abstract isSettled(target: Target, answer: CallAnswer<Kept>): boolean;
  /** How it ended for a user who was not looked up since the answer. */
  protected abstract endUnseen(target: Target, answer: CallAnswer<Kept>): Ending;
  /** How it ended by the last look-up, and whether a later one may say more. */
  protected abstract endSeen(
    target: Target,
    answer: CallAnswer<Kept>,
    resolution: Resolution,
  ): { readonly ending: Ending; readonly mayChange: boolean };

  /** Nothing new is sent or looked up before a call once this fires. */
  protected get stop(): AbortSignal {
    return this.run.sending;
  }

  /** Why nothing more may be sent; `undefined` while the run continues. */
  protected getHaltReason(): Halt | undefined {
    return this.run.getHaltReason();
  }

  /**
   * Sends the call. The only place that sends one that deletes users or sets their status. A chunk that GenAuth refuses is
   * looked up once and halved until only the offending user is left. If an answer is lost, the chunk is looked up before it is sent again. A
   * halted run sends nothing.
   */
  protected async send(
    targets: readonly Target[],
    sending: Sending = { attempt: 1, checked: false },
  ): Promise<CallAnswers<Kept>> {
    const stale = this.getHaltReason() ? [] : targets.filter((target) => this.needsLookUp(target, sending));
    const { named, spared } = await this.selectNamed(targets, stale, sending);
    return joinAnswers([spared, await this.sendNamed(named, sending)]);
  }

  /** Looks up those who are stale, by the ids that the next call would carry, and selects those whom it may name. */
  private async selectNamed(
    targets: readonly Target[],
    stale: readonly Target[],
    sending: Sending,
  ): Promise<{ readonly named: readonly Target[]; readonly spared: CallAnswers<Kept> }> {
    const spared = new Map<Target, CallAnswer<Kept>>();
    if (stale.length === 0) return { named: targets, spared };
    const ids = stale.map((target) => this.idOf(target));
    const resolutions = await this.run.lookUp(ids, this.idType, this.stop);
    for (const target of stale) {
      const answer = this.spare(target, resolutionOf(this.idOf(target), resolutions), sending);
      if (answer) spared.set(target, answer);
    }
    return { named: targets.filter((target) => !spared.has(target)), spared };
  }

  private async sendNamed(targets: readonly Target[], before: Sending): Promise<CallAnswers<Kept>> {
    if (targets.length === 0) return new Map();
    const halt = this.getHaltReason();
    if (halt) return answerAll(targets, { kind: "unsent", ...halt });
    const sentAt = before.sentAt ?? Date.now();
    const outcome = await this.transmit(targets);
    if (outcome.ok) return answerAll(targets, { kind: "success", sentAt });
    const { failure } = outcome;
    this.run.note(failure);
    if (failure.effect === "unknown")
      return await this.resolveLostAnswer(targets, failure, { ...before, failure, sentAt });
    // The directory has already retried the call, so an outage is longer than its retries.
    const isOver = this.getHaltReason() ?? (failure.transient && { reason: failure.message, failure });
    if (isOver) return answerAll(targets, { kind: "unsent", ...isOver });
    return await this.resolveRefusal(targets, failure, { ...before, failure });
  }

  /** The call may have been carried out, so only those who certainly are as before are sent again. */
  private async resolveLostAnswer(
    targets: readonly Target[],
    failure: DirectoryFailure,
    sending: Sending,
  ): Promise<CallAnswers<Kept>> {
    const { maxAttempts } = this.run.options;
    // An outage passes by itself. Otherwise one of the users is the reason.
    const isRepeated = failure.transient || (targets.length === 1 && this.repeatsAlone);
    const last = sending.attempt >= (failure.transient ? maxAttempts : Math.min(2, maxAttempts));
    const unclear = unclearAnswer(failure, sending);
    if (this.getHaltReason() || (failure.transient && last)) return answerAll(targets, unclear);
    if (targets.length === 1 && (last || !isRepeated)) return await this.halve(targets, failure, sending);
    if (isRepeated) await this.run.wait(pauseBefore(sending.attempt));
    if (this.getHaltReason()) return answerAll(targets, unclear);
    const { named, spared } = await this.lookUpAgain(targets, sending);
    const rest = isRepeated
      ? await this.send(named, { ...sending, attempt: sending.attempt + 1, checked: true })
      : await this.halve(named, failure, sending);
    // A call may have been carried out for a user who is not sent again, so the read-back decides.
    const unsent = [...rest].filter(([, { kind }]) => kind === "unsent").map(([target]) => target);
    return joinAnswers([spared, rest, answerAll(unsent, unclear)]);
  }

  private async resolveRefusal(
    targets: readonly Target[],
    failure: DirectoryFailure,
    sending: Sending,
  ): Promise<CallAnswers<Kept>> {
    if (sending.checked || targets.length === 1) return await this.halve(targets, failure, sending);
    const { named, spared } = await this.lookUpAgain(targets, sending);
    const checked = { ...sending, checked: true };
    // The absent users may have been the reason, so the rest is sent in one call.
    const isOther = named.length < targets.length;
    const rest = isOther ? await this.send(named, checked) : await this.halve(named, failure, checked);
    return joinAnswers([spared, rest]);
  }

  /** Looks up users after a failed call, but for those who are looked up right before the next one. */
  private async lookUpAgain(targets: readonly Target[], sending: Sending) {
    const stale = targets.filter((target) => !this.needsLookUp(target, sending));
    return await this.selectNamed(targets, stale, sending);
  }

  private async halve(
    targets: readonly Target[],
    failure: DirectoryFailure,
    sending: Sending,
  ): Promise<CallAnswers<Kept>> {
    if (targets.length <= 1) return answerAll(targets, { kind: "refused", reason: failure.message, failure });
    const halves = halvesOf(targets).map((half) => this.send(half, sending));
    return joinAnswers(await this.run.awaitAll(halves));
  }

  /**
   * Looks up the users until those for whom a call may have been carried out are as it was to leave them, or until time is up. It uses
   * system user ids, because they never change and have one spelling. After an interrupt it looks once.
   *
   * @returns how it ended for each user of the answers
   */
  protected async readBack(answers: CallAnswers<Kept>): Promise<Map<Target, Ending>> {
    const { run } = this;
    const endings = new Map([...answers].map(([target, answer]) => [target, this.endUnseen(target, answer)]));
    let open = [...answers].filter(([target, answer]) => !this.isSettled(target, answer));
    let waited = 0;
    for (let attempt = 1; open.length > 0; attempt += 1) {
      const looked = await this.look(open);
      open = open.filter(([target, answer]) => {
        const { ending, mayChange } = this.endSeen(target, answer, resolutionOf(target.userId, looked));
        endings.set(target, ending);
        return mayChange;
      });
      const pause = Math.min(pauseBefore(attempt), run.options.confirmWithinMs - waited);
      if (open.length === 0 || pause <= 0 || run.getHaltReason()) break;
      await run.wait(pause);
      waited += pause;
      if (run.sending.aborted) break;
    }
    return endings;
  }

  /** Looks users up after a call. */
  protected async look(
    open: readonly (readonly [Target, CallAnswer<Kept>])[],
  ): Promise<ReadonlyMap<string, Resolution>> {
    return await this.lookBack(open.map(([target]) => target));
  }

  /** Looks users up by system user id. Makes no call if none can succeed. */
  protected async lookBack(targets: readonly Target[]): Promise<ReadonlyMap<string, Resolution>> {
    if (this.run.getReadFailure()) return new Map();
    const userIds = targets.map(({ userId }) => userId);
    return await this.run.lookUp(userIds, UserIdType.USER_ID, this.run.reading);
  }
}

/** The answer for users for whom a call may have been carried out. */
export function unclearAnswer(
  failure: DirectoryFailure,
  { sentAt }: Pick<Sending, "sentAt">,
): CallAnswer<never> & { kind: "unclear" } {
  return { kind: "unclear", reason: failure.message, failure, sentAt };
}

/** The same answer for all of them. */
export function answerAll(targets: readonly Target[], answer: CallAnswer<never>): CallAnswers<never> {
  return new Map(targets.map((target) => [target, answer]));
}

/** The answers of several parts of a chunk. */
export function joinAnswers<Kept>(parts: readonly CallAnswers<Kept>[]): CallAnswers<Kept> {
  return new Map(parts.flatMap((part) => [...part]));
}
