import pLimit from "p-limit";
import { chunksOf } from "../../lists";
import { MAX_IDS_PER_CALL, type Outcome, UserIdType } from "../directory";
import { isSameUserId, mayNameUser } from "../ids/id-types";
import type { Resolution } from "../look-up/resolution";
import type { Progress } from "../progress";
import { type CallOptions, CallRun, DeleteBy, oncePerUser, type Target } from "./call-run";
import { type Ending, type LateReason, survive } from "./ending";
import {
  type CallAnswer,
  type ChunkCall,
  type Conclusion,
  type OpenAnswer,
  readBack,
  sendCalls,
} from "./send-chunk";

/** The input of `deleteUsers`. */
export interface DeletionRequest<T extends Target = Target> extends CallOptions {
  /** The users to delete: each removed id with the user that its look-up found. */
  readonly users: readonly T[];
  /** Reports progress at the start and after each 50 users. */
  readonly onProgress?: (progress: DeletionProgress) => void;
}

/** The progress of a deletion, in users. */
export interface DeletionProgress extends Progress {
  readonly gone: number;
}

/**
 * How many chunks are in progress at once. Most of them wait until their read-back no longer finds the
 * deleted users.
 */
const CHUNKS_UNDER_WAY = 256;

/**
 * Deletes users, 50 per call, and reads back until they are gone. Many chunks are in progress at once, as
 * fast as the directory allows; each is read back as soon as it is answered. Without failures, 50 users take
 * one call to look them up, one to delete and one to read back. The first is not needed if the directory
 * itself looks before it deletes.
 *
 * Never throws for an answer of the directory: a user that is not confirmed gone is a survivor with a reason.
 * An error of this program is thrown once no call is in flight.
 *
 * @returns how it ended for each target, in the given order
 */
export async function deleteUsers<T extends Target>(request: DeletionRequest<T>): Promise<Map<T, Ending>> {
  const { users, directory, onProgress } = request;
  const run = new CallRun(request);
  return await oncePerUser(users, async (distinct) => {
    // A chunk sends one call at a time, so with a chunk for each call none waits between its look-up and its
    // deletion (N1).
    const deleting = pLimit(directory.parallelism);
    const endings = new Map<T, Ending>();
    let gone = 0;
    const tell = (): void => onProgress?.({ done: endings.size, total: distinct.length, gone });
    tell();
    const left = chunksOf(distinct, MAX_IDS_PER_CALL).values();
    const takeChunks = async (): Promise<void> => {
      for (const chunk of left) {
        const deletion = new Deletion(run);
        const answers = await deleting(() => deletion.delete(chunk));
        for (const [target, ending] of await readBack<T>(run, deletion, answers)) {
          endings.set(target, ending);
          if (ending.kind === "gone") gone += 1;
        }
        tell();
      }
    };
    await run.awaitAll(Array.from({ length: CHUNKS_UNDER_WAY }, takeChunks));
    return endings;
  });
}

const NOT_RECORDED =
  "Not deleted, because GenAuth did not return the user's record, so it could not be saved in the deletion record.";
const NOT_FOUND_BY_ID =
  "Not deleted, because right before the call GenAuth found no user with the id, although the user is still in the pool.";
const STILL_THERE = "GenAuth answered success, but the user is still in the pool.";

/** What is known of a user before a read-back that fails. */
const BEFORE_READ_BACK: Readonly<Record<Exclude<OpenAnswer["kind"], "refused">, string>> = {
  success: "GenAuth answered success",
  unclear: "GenAuth may have deleted the user",
  absent: "Right before the call GenAuth did not show the user, who may be gone",
};

/** The deletion of at most 50 users. */
class Deletion implements ChunkCall<Target> {
  readonly idType: UserIdType;

  constructor(private readonly run: CallRun) {
    const { deleteBy, type } = run.options;
    this.idType = deleteBy === DeleteBy.USER_ID ? UserIdType.USER_ID : type;
  }

  /** Records the users, if the run keeps a deletion record, and deletes those who are recorded. */
  async delete<T extends Target>(targets: readonly T[]): Promise<ReadonlyMap<T, CallAnswer>> {
    const answers = await this.record(targets);
    const recorded = targets.filter((target) => !answers.has(target));
    return new Map([...answers, ...(await sendCalls<T>(this.run, this, recorded))]);
  }

  /** @returns the answers for those who are not recorded, and so not deleted */
  private async record<T extends Target>(targets: readonly T[]): Promise<Map<T, CallAnswer>> {
    const { run } = this;
    const { record, type } = run.options;
    if (!record || run.getHaltReason()) return new Map();
    const outcome = await record.keep(targets, type, run.sending);
    if (!outcome.ok) {
      const { failure } = outcome;
      run.note(failure);
      const ending = survive(failure.message, failure);
      return new Map(targets.map((target) => [target, { kind: "ended", ending }]));
    }
    // Somebody else may have deleted the others since the plan. The read-back finds out.
    const others = targets.filter(({ userId }) => !outcome.value.has(userId));
    return new Map(others.map((target) => [target, { kind: "absent", reason: NOT_RECORDED }]));
  }

  /** A system user id as GenAuth showed it, not as the set declares it. */
  idOf({ id, userId }: Target): string {
    return this.idType === UserIdType.USER_ID ? userId : id;
  }

  /** The guard does not know the status and the day that count for somebody who waited (P10, P14). */
  isLookedUpByGuard({ due }: Target): boolean {
    return this.run.options.directory.looksBeforeDeletion === true && due === undefined;
  }

  /** What counts is who the id names right before the call, and what protects that user (P5 to P9). */
  objectTo(target: Target, resolution: Resolution): CallAnswer | undefined {
    const { userId } = target;
    switch (resolution.kind) {
      case "undecided": {
        const { failure } = resolution;
        const reason = `Not deleted, because the look-up right before the call failed: ${failure.message}`;
        return { kind: "ended", ending: survive(reason, failure) };
      }
      case "absent":
        return { kind: "absent", reason: NOT_FOUND_BY_ID };
      case "several":
        return leftAlone({ kind: "several", users: resolution.users });
      case "found": {
        const { user } = resolution;
        if (!isSameUserId(user.userId, userId)) return leftAlone({ kind: "rebound", boundTo: userId, user });
        const reason = this.run.findLateReason(target, user);
        return reason && leftAlone(reason);
      }
    }
  }

  async send(targets: readonly Target[]): Promise<Outcome<void>> {
    const { directory } = this.run.options;
    const ids = targets.map((target) => this.idOf(target));
    return await directory.deleteUsers(ids, this.idType, this.run.sending);
  }

  conclude(target: Target, answer: OpenAnswer, seen: Resolution): Conclusion {
    if (seen.kind === "absent") return { ending: { kind: "gone" }, mayChange: false };
    if (seen.kind === "undecided") {
      const { failure } = seen;
      const ending =
        answer.kind === "refused"
          ? survive(answer.reason, answer.failure)
          : survive(
              `${BEFORE_READ_BACK[answer.kind]}, but that could not be confirmed: ${failure.message}`,
              failure,
            );
      return { ending, mayChange: failure.transient };
    }
    if (answer.kind === "success") return { ending: survive(STILL_THERE), mayChange: true };
    const isMoved =
      answer.kind === "absent" &&
      seen.kind === "found" &&
      !mayNameUser(target.id, this.run.options.type, seen.user);
    if (isMoved)
      return { ending: { kind: "unchanged", because: { kind: "moved", user: seen.user } }, mayChange: false };
    return { ending: survive(answer.reason, answer.failure), mayChange: answer.kind === "unclear" };
  }
}

function leftAlone(because: LateReason): CallAnswer {
  return { kind: "ended", ending: { kind: "unchanged", because } };
}
