import pLimit from "p-limit";
import { chunksOf } from "../../lists";
import { printable } from "../../text";
import { MAX_IDS_PER_CALL, type Outcome, UserIdType } from "../directory";
import { isSameUserId } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { ACTIVATED, isUnchanged, markOf, type StatusMark, SUSPENDED } from "../status";
import { deletionDay } from "../waiting-user";
import { type CallRun, oncePerUser, type Target } from "./call-run";
import { type Ending, survive } from "./ending";
import type { FirstSuspension, SuspendedAlone, SuspensionSteps } from "./first-suspension";
import {
  type CallAnswer,
  type ChunkCall,
  type Conclusion,
  type OpenAnswer,
  readBack,
  sendCalls,
} from "./send-chunk";

/** How users are suspended. */
export interface SuspensionOptions {
  /** How many days later they are deleted; at least 1. */
  readonly days: number;
  /** Shared by all suspensions of the process. */
  readonly first: FirstSuspension;
}

/**
 * Suspends users who leave a set, by system user id, 50 per call, and reads back until GenAuth shows the new
 * status. Only users whose status is `Activated` are changed; all others wait with the status that they have.
 * Users who are retained or protected right before their call are left alone. Deletes nobody, and never
 * throws for an answer of the directory.
 *
 * @returns how it ended for each target, in the given order
 */
export async function suspendUsers<T extends Target>(
  run: CallRun,
  users: readonly T[],
  { days, first }: SuspensionOptions,
): Promise<Map<T, Ending>> {
  const limit = pLimit(run.options.directory.parallelism);
  const suspendChunk = async (chunk: readonly T[]): Promise<[T, Ending][]> => {
    const suspension = new Suspension(run, days);
    const alone = await first.suspendAlone(chunk, suspension.steps<T>());
    const together = chunk.filter((target) => !alone.has(target));
    const answers = await sendCalls<T>(run, suspension, together);
    return [...alone, ...(await readBack<T>(run, suspension, answers))];
  };
  return await oncePerUser(users, async (distinct) => {
    const parts = chunksOf(distinct, MAX_IDS_PER_CALL).map((chunk) => limit(() => suspendChunk(chunk)));
    return new Map((await run.awaitAll(parts)).flat());
  });
}

/** A user that this set suspended, with the status that a look-up showed. */
export type SuspendedUser = Target & StatusMark;

/**
 * Gives users that this set suspended their status back, if nobody has changed it since.
 *
 * @returns how it ended for each target, in the given order
 */
export async function reactivateUsers<T extends SuspendedUser>(
  run: CallRun,
  users: readonly T[],
): Promise<Map<T, Ending>> {
  const limit = pLimit(run.options.directory.parallelism);
  const reactivation = new Reactivation(run);
  return await oncePerUser(users, async (distinct) => {
    const parts = chunksOf(distinct, MAX_IDS_PER_CALL).map((chunk) =>
      limit(async () => await readBack<T>(run, reactivation, await sendCalls<T>(run, reactivation, chunk))),
    );
    return new Map((await run.awaitAll(parts)).flatMap((part) => [...part]));
  });
}

const NOT_SHOWN = "Not suspended, because GenAuth no longer shows the user.";
const NO_STATUS =
  "Not suspended, because GenAuth does not show the user's status. Set suspend_days = 0 to delete at once.";
const NO_CLOCK =
  "GenAuth's answers hold no Date header, so the day of the deletion cannot be told. Set suspend_days = 0 to delete at once.";

/**
 * GenAuth's `Date`, and the time that it writes beside a status, may come from two clocks. They agree to some
 * seconds (T5).
 */
const CLOCKS_APART_MS = 5_000;

/** The suspension of at most 50 users. */
class Suspension implements ChunkCall<Target> {
  readonly idType = UserIdType.USER_ID;
  /** When each user was first sent, by GenAuth's clock, in milliseconds since 1970. */
  private readonly sentAt = new Map<Target, number>();

  constructor(
    private readonly run: CallRun,
    private readonly days: number,
  ) {}

  idOf({ userId }: Target): string {
    return userId;
  }

  /** The guard does not say which status it has found, and a user who is not active waits with it. */
  isLookedUpByGuard(): boolean {
    return false;
  }

  objectTo(target: Target, resolution: Resolution): CallAnswer | undefined {
    const ending = this.endBefore(target, resolution);
    return ending && { kind: "ended", ending };
  }

  /** How it ends for a user who is not to be suspended; `undefined` for one who is active. */
  private endBefore(target: Target, resolution: Resolution): Ending | undefined {
    if (resolution.kind === "undecided") return survive(resolution.failure.message, resolution.failure);
    if (resolution.kind !== "found") return survive(NOT_SHOWN);
    const { user } = resolution;
    const because = this.run.findLateReason(target, user);
    if (because) return { kind: "unchanged", because };
    if (user.status === undefined) return survive(NO_STATUS);
    if (user.status !== ACTIVATED) return this.letWait(target, user, false);
    return this.run.options.directory.serviceTime() === undefined ? survive(NO_CLOCK) : undefined;
  }

  /** Suspends users once they are recorded, if the run keeps a deletion record. */
  async send(targets: readonly Target[]): Promise<Outcome<void>> {
    const { directory, record, type } = this.run.options;
    const news = targets.filter((target) => !this.sentAt.has(target));
    if (record && news.length > 0) {
      const written = await record.noteSuspension(new Map(news.map((target) => [target, ACTIVATED])), type);
      if (!written.ok) return written;
    }
    const now = directory.serviceTime() ?? Infinity;
    for (const target of news) this.sentAt.set(target, now);
    return await directory.setStatus(userIdsOf(targets), SUSPENDED, this.run.sending);
  }

  conclude(target: Target, answer: OpenAnswer, seen: Resolution): Conclusion {
    if (seen.kind !== "found" || seen.user.status !== SUSPENDED)
      return concludeUnchanged(answer, seen, ACTIVATED);
    if (isNotCarriedOut(answer)) return { ending: this.letWait(target, seen.user, false), mayChange: false };
    // Active right before the call, and suspended since it was sent: as far as anybody can tell, by this set
    // (N4).
    const { statusChangedAt = "" } = seen.user;
    const sentAt = this.sentAt.get(target) ?? Infinity;
    const isOurs = Date.parse(statusChangedAt) >= sentAt - CLOCKS_APART_MS;
    // Look-ups may show the time of the status later than the status itself.
    return { ending: this.letWait(target, seen.user, isOurs), mayChange: !isOurs };
  }

  /**
   * The day counts from now or from the time of the status, whichever is later. GenAuth's `Date` has whole
   * seconds, so it may be a little before the suspension that it answers.
   */
  private letWait({ id, label, userId }: Target, shown: StatusMark, isOurs: boolean): Ending {
    const now = this.run.options.directory.serviceTime();
    if (now === undefined) return survive(NO_CLOCK);
    const changed = Date.parse(shown.statusChangedAt ?? "");
    const deleteFrom = deletionDay(changed > now ? changed : now, this.days);
    return {
      kind: "suspended",
      user: { id, label, userId, ...markOf(shown), isOurs, deleteFrom, isDue: false },
    };
  }

  /** The steps by which the first suspension of the process is made. */
  steps<T extends Target>(): SuspensionSteps<T> {
    const { run } = this;
    return {
      endWithoutCall: async (targets: readonly T[]): Promise<Map<T, Ending>> => {
        const halt = run.getHaltReason();
        if (halt) return new Map(targets.map((target) => [target, survive(halt.reason, halt.failure)]));
        const found = await run.lookUp(userIdsOf(targets), this.idType, run.sending);
        return new Map(
          targets.flatMap((target): [T, Ending][] => {
            const ending = this.endBefore(target, resolutionOf(target.userId, found));
            return ending ? [[target, ending]] : [];
          }),
        );
      },
      suspend: async (target: T): Promise<SuspendedAlone> => {
        const answers = await sendCalls<T>(run, this, [target]);
        const endings = await readBack<T>(run, this, answers);
        const kind = answers.get(target)?.kind;
        return {
          ending: endings.get(target) ?? survive(NOT_SHOWN),
          mayBeSuspended: kind === "success" || kind === "unclear",
        };
      },
      isFoundById: async ({ id, userId }: T): Promise<boolean> => {
        const resolution = resolutionOf(id, await run.lookUp([id], run.options.type, run.reading));
        return resolution.kind === "found" && isSameUserId(resolution.userId, userId);
      },
      stop: run.reading,
    };
  }
}

/** The reactivation of users, for all their chunks. */
class Reactivation implements ChunkCall<SuspendedUser> {
  readonly idType = UserIdType.USER_ID;

  constructor(private readonly run: CallRun) {}

  idOf({ userId }: Target): string {
    return userId;
  }

  /** The guard does not know since when the user must have had the status. */
  isLookedUpByGuard(): boolean {
    return false;
  }

  /** The set takes back only what it has done itself: the same status, since the same time (P10, P11). */
  objectTo(target: SuspendedUser, resolution: Resolution): CallAnswer | undefined {
    const ending = endOfChanged(target, resolution);
    return ending && { kind: "ended", ending };
  }

  async send(targets: readonly SuspendedUser[]): Promise<Outcome<void>> {
    return await this.run.options.directory.setStatus(userIdsOf(targets), ACTIVATED, this.run.sending);
  }

  conclude(_: SuspendedUser, answer: OpenAnswer, seen: Resolution): Conclusion {
    return seen.kind === "found" && seen.user.status === ACTIVATED
      ? { ending: { kind: "reactivated" }, mayChange: false }
      : concludeUnchanged(answer, seen, SUSPENDED);
  }
}

function endOfChanged(target: SuspendedUser, resolution: Resolution): Ending | undefined {
  if (resolution.kind === "undecided") return survive(resolution.failure.message, resolution.failure);
  if (resolution.kind !== "found") return survive("GenAuth no longer shows the user.");
  const { status } = resolution.user;
  return isUnchanged(target, resolution.user)
    ? undefined
    : { kind: "unchanged", because: { kind: "status_changed", status } };
}

/** Whether GenAuth has certainly not carried out the call. */
function isNotCarriedOut(answer: OpenAnswer): answer is Extract<OpenAnswer, { kind: "refused" | "absent" }> {
  return answer.kind === "refused" || answer.kind === "absent";
}

/**
 * How a change of a status ended for a user who does not have the new one. A suspension that is not confirmed
 * leaves a survivor (S10).
 *
 * @param before the status that the user had
 */
function concludeUnchanged(answer: OpenAnswer, seen: Resolution, before: string): Conclusion {
  const status = seen.kind === "found" ? seen.user.status : undefined;
  if (status !== undefined && status !== before) {
    const reason = `Somebody else has changed the status to ${printable(status)} meanwhile, so it is not changed again.`;
    return { ending: survive(reason), mayChange: false };
  }
  if (isNotCarriedOut(answer)) return { ending: survive(answer.reason, answer.failure), mayChange: false };
  const known =
    answer.kind === "success" ? "GenAuth answered success" : "GenAuth may have changed the status";
  if (seen.kind === "undecided") {
    const { failure } = seen;
    const reason = `${known}, but the new status could not be confirmed: ${failure.message}`;
    return { ending: survive(reason, failure), mayChange: failure.transient };
  }
  if (seen.kind !== "found")
    return { ending: survive(`${known}, but no longer shows the user.`), mayChange: true };
  if (status === undefined)
    return { ending: survive(`${known}, but does not show the user's status.`), mayChange: true };
  return answer.kind === "success"
    ? { ending: survive(`${known}, but the user's status is still ${status}.`), mayChange: true }
    : { ending: survive(`${known}: ${answer.reason}`, answer.failure), mayChange: true };
}

function userIdsOf(targets: readonly Target[]): string[] {
  return targets.map(({ userId }) => userId);
}
