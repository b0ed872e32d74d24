/**
 * Sends the calls that delete users or change their status, for at most 50 users, and reads back how it
 * ended. Nothing else in this project sends such a call. Which call it is, and what a look-up means for it,
 * is a `ChunkCall`.
 *
 * A queue holds the parts of the chunk; each part goes in one call:
 *
 * | answer to the call                            | what comes next                       | row |
 * |-----------------------------------------------|---------------------------------------|-----|
 * | success                                       | the read-back decides                 | S4  |
 * | the run is over: interrupted, wrong key       | nothing more is sent                  | S7  |
 * | outage, the call was not carried out          | nothing: the client tried long enough | S6  |
 * | outage, the call may have been carried out    | a pause, and the part goes again      | S1  |
 * | another failure, several users                | each half goes alone                  | S3  |
 * | another failure, one user, may be carried out | the user goes once more               | S1  |
 * | another failure, one user, not carried out    | the user is refused                   | S3  |
 *
 * Before each call its users are looked up by the ids that it carries. A user who is not as the call needs it
 * is left out. The rows are those of docs/guides/trust.md.
 */
import { halvesOf } from "../../lists";
import { type DirectoryFailure, type Outcome, UserIdType } from "../directory";
import { type Resolution, resolutionOf, undecided } from "../look-up/resolution";
import { pauseBefore, pauseBeforeSecondLook } from "../pause";
import type { CallRun, Target } from "./call-run";
import { type Ending, type Shortfall, survive } from "./ending";

/** What is known of a user after the calls. */
export type CallAnswer = OpenAnswer | { readonly kind: "ended"; readonly ending: Ending };

/** An answer after which a look-up decides how it ended. */
export type OpenAnswer =
  /** GenAuth answered success. */
  | { readonly kind: "success" }
  /** Nobody knows whether a call was carried out. */
  | ({ readonly kind: "unclear" } & Shortfall)
  /** GenAuth refused the call. */
  | ({ readonly kind: "refused" } & Shortfall)
  /** No call was sent, because a look-up right before it did not find the user. */
  | ({ readonly kind: "absent" } & Shortfall);

/** How it ended by the last look-up. */
export interface Conclusion {
  readonly ending: Ending;
  /** Whether a later look-up may say more. */
  readonly mayChange: boolean;
}

/** A kind of call, and what look-ups mean for it. */
export interface ChunkCall<T extends Target> {
  /** The type of the ids that the call carries. */
  readonly idType: UserIdType;
  /** The id of that type. */
  idOf(target: T): string;
  /** Whether the first call needs no look-up of this process right before it, because the guard looks. */
  isLookedUpByGuard(target: T): boolean;
  /** What the look-up right before the call says against naming the user; `undefined` if nothing. */
  objectTo(target: T, resolution: Resolution): CallAnswer | undefined;
  send(targets: readonly T[]): Promise<Outcome<void>>;
  /** @param seen the look-up by system user id after the call */
  conclude(target: T, answer: OpenAnswer, seen: Resolution): Conclusion;
}

/**
 * Sends the calls for a chunk. Never throws for an answer of the directory.
 *
 * @param targets at most 50 users
 * @returns the answer for each of them
 */
export async function sendCalls<T extends Target>(
  run: CallRun,
  call: ChunkCall<T>,
  targets: readonly T[],
): Promise<ReadonlyMap<T, CallAnswer>> {
  return await new Sending(run, call).sendAll(targets);
}

/** Users who go in one call. */
interface Part<T> {
  readonly targets: readonly T[];
  /**
   * How many calls for these users, one after the other, may have been carried out without an answer that
   * says so.
   */
  readonly unclearCalls: number;
  /** Whether an earlier call with these users failed. */
  readonly hasFailed: boolean;
}

class Sending<T extends Target> {
  private readonly answers = new Map<T, CallAnswer>();
  /** Users who may have been changed by a call, and why nobody knows. */
  private readonly unclear = new Map<T, DirectoryFailure>();

  constructor(
    private readonly run: CallRun,
    private readonly call: ChunkCall<T>,
  ) {}

  async sendAll(targets: readonly T[]): Promise<ReadonlyMap<T, CallAnswer>> {
    let queue: readonly Part<T>[] = [{ targets, unclearCalls: 0, hasFailed: false }];
    for (let [part] = queue; part; [part] = queue)
      queue = [...(await this.sendPart(part)), ...queue.slice(1)];
    return this.answers;
  }

  /** Sends one call. Returns the parts that go next in its place. */
  private async sendPart(part: Part<T>): Promise<Part<T>[]> {
    const { run } = this;
    const named = run.getHaltReason() ? part.targets : await this.selectByLookUp(part);
    if (named.length === 0) return [];
    const halt = run.getHaltReason();
    if (halt) return this.end(named, { kind: "ended", ending: survive(halt.reason, halt.failure) });
    const outcome = await this.call.send(named);
    if (outcome.ok) {
      for (const target of named) this.answers.set(target, { kind: "success" });
      return [];
    }
    run.note(outcome.failure);
    return await this.findNext({ ...part, targets: named }, outcome.failure);
  }

  /** Decides by the table above what follows a failed call. */
  private async findNext({ targets, unclearCalls }: Part<T>, failure: DirectoryFailure): Promise<Part<T>[]> {
    const { run } = this;
    const { message: reason, transient, effect } = failure;
    const isUnclear = effect === "unknown";
    if (isUnclear) for (const target of targets) this.unclear.set(target, failure);
    const over = run.getHaltReason() ?? (transient && !isUnclear ? { reason, failure } : undefined);
    if (over) return this.end(targets, { kind: "ended", ending: survive(over.reason, over.failure) });
    const next: Part<T> = { targets, unclearCalls: unclearCalls + (isUnclear ? 1 : 0), hasFailed: true };
    if (!transient && targets.length > 1)
      return halvesOf(targets).map((half) => ({ ...next, targets: half }));
    const mostCalls = transient ? run.options.maxAttempts : Math.min(2, run.options.maxAttempts);
    if (!isUnclear || next.unclearCalls >= mostCalls)
      return this.end(targets, { kind: "refused", reason, failure });
    await run.wait(pauseBefore(next.unclearCalls));
    return [next];
  }

  /** Looks users up right before their call, and leaves those out that it must not name. */
  private async selectByLookUp({ targets, hasFailed }: Part<T>): Promise<readonly T[]> {
    const { call, run } = this;
    const stale = targets.filter((target) => hasFailed || !call.isLookedUpByGuard(target));
    if (stale.length === 0) return targets;
    const ids = stale.map((target) => call.idOf(target));
    const resolutions = await run.lookUp(ids, call.idType, run.sending);
    if (run.getHaltReason()) return targets;
    const left = new Set<T>();
    for (const target of stale) {
      const answer = call.objectTo(target, resolutionOf(call.idOf(target), resolutions));
      if (!answer) continue;
      this.end([target], answer);
      left.add(target);
    }
    return targets.filter((target) => !left.has(target));
  }

  /**
   * Sends these users no more. If an earlier call may have been carried out for one, only the read-back can
   * decide (S1).
   */
  private end(targets: readonly T[], answer: CallAnswer): [] {
    for (const target of targets) {
      const failure = this.unclear.get(target);
      const isOpen = failure !== undefined;
      this.answers.set(target, isOpen ? { kind: "unclear", reason: failure.message, failure } : answer);
    }
    return [];
  }
}

/**
 * Looks users up after their calls, until GenAuth shows what the calls were to do, or time is up (S4, S5). It
 * uses system user ids, because they never change and have one spelling. After an interrupt it looks once
 * (D5).
 *
 * @returns how it ended for each user of the answers
 */
export async function readBack<T extends Target>(
  run: CallRun,
  call: ChunkCall<T>,
  answers: Iterable<readonly [T, CallAnswer]>,
): Promise<Map<T, Ending>> {
  const endings = new Map<T, Ending>();
  let open: (readonly [T, OpenAnswer])[] = [];
  for (const [target, answer] of answers) {
    if (answer.kind === "ended") endings.set(target, answer.ending);
    else open.push([target, answer]);
  }
  let waited = 0;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const seen = await lookTwice(run, open);
    open = open.filter(([target, answer]) => {
      const { ending, mayChange } = call.conclude(target, answer, resolutionOf(target.userId, seen));
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

const NOT_CONFIRMED = undecided(
  "GenAuth did not return the user, and the run was interrupted before a second look-up.",
);

/**
 * Unless GenAuth has confirmed the call, one look-up without a user proves nothing: a server may lag behind
 * another (S5).
 */
async function lookTwice(
  run: CallRun,
  open: readonly (readonly [Target, OpenAnswer])[],
): Promise<ReadonlyMap<string, Resolution>> {
  const seen = await look(run, open);
  const unproven = open.filter(
    ([{ userId }, { kind }]) => kind !== "success" && seen.get(userId)?.kind === "absent",
  );
  if (unproven.length === 0) return seen;
  await run.wait(pauseBeforeSecondLook(run.options.confirmWithinMs));
  const again = run.sending.aborted
    ? new Map(unproven.map(([{ userId }]) => [userId, NOT_CONFIRMED]))
    : await look(run, unproven);
  return new Map([...seen, ...again]);
}

/** Looks users up by system user id. Makes no call if none can succeed. */
async function look(
  run: CallRun,
  open: readonly (readonly [Target, OpenAnswer])[],
): Promise<ReadonlyMap<string, Resolution>> {
  const userIds = open.map(([{ userId }]) => userId);
  const failure = run.getReadFailure()?.failure;
  if (failure) return new Map(userIds.map((userId) => [userId, { kind: "undecided", failure }]));
  return await run.lookUp(userIds, UserIdType.USER_ID, run.reading);
}
