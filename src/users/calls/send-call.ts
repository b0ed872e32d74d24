import type { DirectoryFailure, Outcome } from "../directory";
import { halvesOf } from "../../lists";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { pauseBefore } from "../pause";
import { UserIdType } from "../user-id-type";
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

/** What differs between a call that deletes users and one that sets their status. `Kept` says why a user is not sent. */
export interface ChunkCall<Kept> {
  readonly run: CallRun;
  /** The type of the ids that the call carries. Users are looked up by it before the call. */
  readonly idType: UserIdType;
  readonly idOf: (target: Target) => string;
  /** Nothing new is sent or looked up before a call once this fires. */
  readonly stop: AbortSignal;
  /** Why nothing more may be sent; `undefined` while the run continues. */
  readonly getHaltReason: () => Halt | undefined;
  /** Whether to look a user up right before this call, and not only after one that failed. */
  readonly needsLookUp: (target: Target, sending: Sending) => boolean;
  /** The answer for a user whom the next call must not name, by the look-up before it; `undefined` for one whom it may name. */
  readonly spare: (target: Target, resolution: Resolution, sending: Sending) => CallAnswer<Kept> | undefined;
  /**
   * Whether a user alone is sent once more after an unclear answer that no outage explains. So a page of a gateway does not end a whole
   * change of status, whose first user goes alone.
   */
  readonly repeatsAlone: boolean;
  /** @param begun when the look-up before the call began, as `performance.now()` gave it */
  readonly send: (targets: readonly Target[], begun: number) => Promise<Outcome<void>>;
}

/**
 * Sends a call for at most 50 users. The only place that sends one that deletes users or sets their status. A chunk that GenAuth refuses is
 * looked up once and halved until only the offending user is left. If an answer is lost, the chunk is looked up before it is sent again. A
 * halted run sends nothing.
 */
export async function sendCall<Kept>(
  call: ChunkCall<Kept>,
  targets: readonly Target[],
  sending: Sending = { attempt: 1, checked: false },
): Promise<CallAnswers<Kept>> {
  const begun = performance.now();
  const isStale = (target: Target): boolean => call.needsLookUp(target, sending);
  const { named, spared } = call.getHaltReason()
    ? { named: targets, spared: new Map<Target, CallAnswer<Kept>>() }
    : await selectNamed(call, targets, isStale, sending);
  return joinAnswers([spared, await sendNamed(call, named, sending, begun)]);
}

/** Looks up those who are stale, by the ids that the next call would carry, and selects those whom it may name. */
async function selectNamed<Kept>(
  call: ChunkCall<Kept>,
  targets: readonly Target[],
  isStale: (target: Target) => boolean,
  sending: Sending,
): Promise<{ readonly named: readonly Target[]; readonly spared: CallAnswers<Kept> }> {
  const stale = targets.filter(isStale);
  const spared = new Map<Target, CallAnswer<Kept>>();
  if (stale.length === 0) return { named: targets, spared };
  const { run, idOf, idType, stop } = call;
  const resolutions = await run.lookUp(stale.map(idOf), idType, stop);
  for (const target of stale) {
    const answer = call.spare(target, resolutionOf(idOf(target), resolutions), sending);
    if (answer) spared.set(target, answer);
  }
  return { named: targets.filter((target) => !spared.has(target)), spared };
}

async function sendNamed<Kept>(
  call: ChunkCall<Kept>,
  targets: readonly Target[],
  before: Sending,
  begun: number,
): Promise<CallAnswers<Kept>> {
  if (targets.length === 0) return new Map();
  const halt = call.getHaltReason();
  if (halt) return answerAll(targets, { kind: "unsent", ...halt });
  const sentAt = before.sentAt ?? Date.now();
  const outcome = await call.send(targets, begun);
  if (outcome.ok) return answerAll(targets, { kind: "success", sentAt });
  const { failure } = outcome;
  call.run.note(failure);
  if (failure.effect === "unknown")
    return await resolveLostAnswer(call, targets, failure, { ...before, failure, sentAt });
  // The directory has already retried the call, so an outage is longer than its retries.
  const isOver = call.getHaltReason() ?? (failure.transient && { reason: failure.message, failure });
  if (isOver) return answerAll(targets, { kind: "unsent", ...isOver });
  return await resolveRefusal(call, targets, failure, { ...before, failure });
}

/** The call may have been carried out, so only those who certainly are as before are sent again. */
async function resolveLostAnswer<Kept>(
  call: ChunkCall<Kept>,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<CallAnswers<Kept>> {
  const { run } = call;
  // An outage passes by itself. Otherwise one of the users is the reason.
  const isRepeated = failure.transient || (targets.length === 1 && call.repeatsAlone);
  const mostAttempts = failure.transient ? run.options.maxAttempts : Math.min(2, run.options.maxAttempts);
  const last = sending.attempt >= mostAttempts;
  const unclear = answerAll(targets, unclearAnswer(failure, sending));
  if (call.getHaltReason() || (failure.transient && last)) return unclear;
  if (targets.length === 1 && (last || !isRepeated)) return await halve(call, targets, failure, sending);
  if (isRepeated) await run.wait(pauseBefore(sending.attempt));
  if (call.getHaltReason()) return unclear;
  const { named, spared } = await lookUpAgain(call, targets, sending);
  const rest = isRepeated
    ? await sendCall(call, named, { ...sending, attempt: sending.attempt + 1, checked: true })
    : await halve(call, named, failure, sending);
  // A call may have been carried out for a user who is not sent again, so the read-back decides.
  const marked = [...rest].map(([target, answer]) =>
    answer.kind === "unsent"
      ? ([target, unclearAnswer(failure, sending)] as const)
      : ([target, answer] as const),
  );
  return joinAnswers([spared, new Map(marked)]);
}

async function resolveRefusal<Kept>(
  call: ChunkCall<Kept>,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<CallAnswers<Kept>> {
  if (sending.checked || targets.length === 1) return await halve(call, targets, failure, sending);
  const { named, spared } = await lookUpAgain(call, targets, sending);
  const checked = { ...sending, checked: true };
  // The absent users may have been the reason, so the rest is sent in one call.
  const rest =
    named.length < targets.length
      ? await sendCall(call, named, checked)
      : await halve(call, named, failure, checked);
  return joinAnswers([spared, rest]);
}

/** Looks up users after a failed call, but for those who are looked up right before the next one. */
async function lookUpAgain<Kept>(call: ChunkCall<Kept>, targets: readonly Target[], sending: Sending) {
  return await selectNamed(call, targets, (target) => !call.needsLookUp(target, sending), sending);
}

async function halve<Kept>(
  call: ChunkCall<Kept>,
  targets: readonly Target[],
  failure: DirectoryFailure,
  sending: Sending,
): Promise<CallAnswers<Kept>> {
  if (targets.length <= 1) return answerAll(targets, { kind: "refused", reason: failure.message, failure });
  const halves = halvesOf(targets).map((half) => sendCall(call, half, sending));
  return joinAnswers(await call.run.awaitAll(halves));
}

/** The answer for users for whom a call may have been carried out. */
export function unclearAnswer(
  failure: DirectoryFailure,
  { sentAt }: Sending,
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

/** What the answers of a call and the look-ups after it say. */
export interface ReadBack<Kept, Ending> {
  /** Whether no look-up could change how it ended. */
  readonly isSettled: (target: Target, answer: CallAnswer<Kept>) => boolean;
  /** How it ended for a user who was not looked up since the answer. */
  readonly endUnseen: (target: Target, answer: CallAnswer<Kept>) => Ending;
  /** How it ended by the last look-up, and whether a later one may say more. */
  readonly endSeen: (
    target: Target,
    answer: CallAnswer<Kept>,
    resolution: Resolution,
  ) => { readonly ending: Ending; readonly mayChange: boolean };
  /** Looks users up, by system user id; default once. */
  readonly look?: (targets: readonly Target[]) => Promise<ReadonlyMap<string, Resolution>>;
}

/**
 * Looks up at most 50 users until those for whom a call may have been carried out are as it was to leave them, or until time is up. It uses
 * system user ids, because they never change and have one spelling. After an interrupt it looks once.
 *
 * @returns how it ended for each user of the answers
 */
export async function readBack<Kept, Ending>(
  run: CallRun,
  answers: CallAnswers<Kept>,
  { isSettled, endUnseen, endSeen, look = (targets) => lookBack(run, targets) }: ReadBack<Kept, Ending>,
): Promise<Map<Target, Ending>> {
  const endings = new Map([...answers].map(([target, answer]) => [target, endUnseen(target, answer)]));
  let open = [...answers].flatMap(([target, answer]) => (isSettled(target, answer) ? [] : [target]));
  let waited = 0;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const looked = await look(open);
    open = open.filter((target) => {
      const answer = answers.get(target);
      if (!answer) return false;
      const { ending, mayChange } = endSeen(target, answer, resolutionOf(target.userId, looked));
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

/** Looks up at most 50 users after a call, by system user id. Makes no call if none can succeed. */
export async function lookBack(
  run: CallRun,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, Resolution>> {
  if (run.getReadFailure()) return new Map();
  const userIds = targets.map(({ userId }) => userId);
  return await run.lookUp(userIds, UserIdType.USER_ID, run.reading);
}
