import pLimit from "p-limit";
import { MAX_IDS_PER_CALL } from "../directory";
import { chunksOf, firstOfEach, groupBy } from "../../lists";
import { userIdKey } from "../ids/id-types";
import { type CallOptions, CallRun, type KeptUser, type Survivor, type Target } from "./call-run";
import { deleteChunk, type DeletionEnding, readBackDeletions } from "./deletion-call";

/** The input of `deleteUsers`. */
export interface DeletionRequest extends CallOptions {
  /** The users to delete: each removed id with the user that its look-up found. */
  readonly users: readonly Target[];
  /** Reports progress at the start and after each 50 users. */
  readonly onProgress?: (progress: DeletionProgress) => void;
}

/** The progress of a deletion, in ids. */
export interface DeletionProgress {
  readonly gone: number;
  readonly survivors: number;
  readonly kept: number;
  readonly total: number;
}

/** The result for each id. Each id is in one of the three lists, in the given order. */
export interface DeletionResult {
  /** Confirmed absent from the pool. */
  readonly gone: string[];
  readonly survivors: Survivor[];
  /**
   * Not deleted, because right before the call the id no longer named the user, or the user was protected, or had another status.
   */
  readonly kept: KeptUser[];
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
 * to read back. One more call looks them up right before, if there are more chunks than calls in flight and the calls name
 * users by ids that may pass to another user, or if their status must still be the same.
 *
 * Never throws for an answer of the directory: a user that is not confirmed gone is a survivor with a reason. An error of this
 * program is thrown once no call is in flight.
 */
export async function deleteUsers(request: DeletionRequest): Promise<DeletionResult> {
  const { users, directory, archive, onProgress } = request;
  const run = new CallRun(request);
  archive?.addOwnDeletions(users);
  // Two ids may name one user. The user is deleted once, and both ids get the same ending.
  const idsOfUser = groupBy(users, ({ userId }) => userIdKey(userId));
  const gone = new Set<string>();
  const survivors = new Map<string, Survivor>();
  const kept = new Map<string, KeptUser>();
  const end = ({ userId }: Target, ending: DeletionEnding): void => {
    for (const { id, label } of idsOfUser.get(userIdKey(userId)) ?? []) {
      if (ending.kind === "gone") gone.add(id);
      else if (ending.kind === "kept") kept.set(id, { id, label, reason: ending.reason });
      else survivors.set(id, { id, label, ...ending.survival });
    }
  };
  const distinct = firstOfEach(idsOfUser);
  const chunks = chunksOf(distinct, MAX_IDS_PER_CALL);
  // So few chunks were looked up at the same time just now. With more chunks, the first look-ups are older.
  const wait = chunks.length > directory.parallelism;
  const hasExpectedStatus = users.some(({ expectedStatus }) => expectedStatus !== undefined);
  const deleting = pLimit(
    directory.parallelism * (hasExpectedStatus ? LOOKED_UP_FOR_EACH_CALL : DELETIONS_FOR_EACH_CALL),
  );
  const tell = (): void =>
    onProgress?.({ gone: gone.size, survivors: survivors.size, kept: kept.size, total: users.length });
  tell();
  const left = chunks.values();
  const takeChunks = async (): Promise<void> => {
    for (const chunk of left) {
      const endings = await readBackDeletions(run, await deleting(() => deleteChunk(run, chunk, wait)));
      for (const [target, ending] of endings) end(target, ending);
      tell();
    }
  };
  await run.awaitAll(Array.from({ length: CHUNKS_UNDER_WAY }, takeChunks));
  return {
    gone: users.flatMap(({ id }) => (gone.has(id) ? [id] : [])),
    survivors: users.flatMap(({ id }) => survivors.get(id) ?? []),
    kept: users.flatMap(({ id }) => kept.get(id) ?? []),
  };
}
