import pLimit from "p-limit";
import { MAX_IDS_PER_CALL } from "../directory";
import { chunksOf } from "../../lists";
import type { Progress } from "../progress";
import { type CallOptions, CallRun, oncePerUser, type Target } from "./call-run";
import { DeletionCall, type DeletionEnding } from "./deletion-call";

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

/** How many chunks are in progress at once. Most of them wait until their read-back no longer finds the deleted users. */
const CHUNKS_UNDER_WAY = 256;

/**
 * How many chunks are being deleted for each call that the directory has in flight, so that the next call is always ready. A
 * chunk that has not started does not delay the read-back of others, need not be awaited after an interrupt, and holds no
 * memory that V8 would promote to its old generation.
 */
const DELETIONS_FOR_EACH_CALL = 2;

/** Where the status of a user matters: so that no call waits behind others between its look-up and itself. */
const LOOKED_UP_FOR_EACH_CALL = 1;

/**
 * Deletes users, 50 per call, and reads back until they are gone. Many chunks are in progress at once, as fast as the
 * directory allows; each is read back as soon as it is answered. Without failures, 50 users take one call to delete and one
 * to read back. One more call looks them up right before, if there are more chunks than calls in flight, the calls name
 * users by ids that may pass to another user, and the directory does not look itself; or if their status must still be the same.
 *
 * Never throws for an answer of the directory: a user that is not confirmed gone is a survivor with a reason. An error of this
 * program is thrown once no call is in flight.
 *
 * @returns how it ended for each target, in the given order
 */
export async function deleteUsers<T extends Target>(
  request: DeletionRequest<T>,
): Promise<Map<T, DeletionEnding>> {
  const { users, archive, directory, onProgress } = request;
  archive?.addOwnDeletions(users);
  const run = new CallRun(request);
  return await oncePerUser(users, async (distinct) => {
    const chunks = chunksOf(distinct, MAX_IDS_PER_CALL);
    // So few chunks were looked up at the same time just now. With more chunks, the first look-ups are older.
    const wait = chunks.length > directory.parallelism && directory.looksBeforeDeletion !== true;
    const hasDue = distinct.some(({ due }) => due !== undefined);
    const deleting = pLimit(
      directory.parallelism * (hasDue ? LOOKED_UP_FOR_EACH_CALL : DELETIONS_FOR_EACH_CALL),
    );
    const endings = new Map<Target, DeletionEnding>();
    let gone = 0;
    const tell = (): void => onProgress?.({ done: endings.size, total: distinct.length, gone });
    tell();
    const left = chunks.values();
    const takeChunks = async (): Promise<void> => {
      for (const chunk of left) {
        const call = new DeletionCall(run, wait);
        const ended = await call.confirm(await deleting(() => call.delete(chunk)));
        for (const [target, ending] of ended) {
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
