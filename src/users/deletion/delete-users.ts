import pLimit from "p-limit";
import { type DirectoryFailure, MAX_IDS_PER_CALL } from "../directory";
import { chunksOf, groupBy } from "../lists";
import { userIdKey } from "../ids/id-types";
import { deleteChunk, type LateKeepReason } from "./chunk-deletion";
import { type DeletedInstead, type DeletionOptions, DeletionRun, type Target } from "./deletion-run";
import { type Ending, readBack } from "./read-back";

/** What `deleteUsers` needs. */
export interface DeletionRequest extends DeletionOptions {
  /** Whom to delete: the id that leaves the set, and the user whom its look-up found. */
  readonly users: readonly Target[];
  /** Told how far the deletion is: at its beginning, and after each 50 users. */
  readonly onProgress?: (progress: DeletionProgress) => void;
}

/** How far a deletion is, in ids. */
export interface DeletionProgress {
  readonly gone: number;
  readonly survivors: number;
  readonly kept: number;
  readonly total: number;
}

/** What became of the ids; each is in one of the three, in the order they were given. */
export interface DeletionResult {
  /** Confirmed absent from the pool. */
  readonly gone: string[];
  readonly survivors: Survivor[];
  /** Not deleted, because the id did not name the user any more when the call was due. */
  readonly kept: KeptUser[];
}

/** A removed user who is still in the pool, or of whom nobody can say that they are gone. */
export interface Survivor {
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** Why, in a sentence for people. */
  readonly reason: string;
  /** What the directory answered, where that is the reason. */
  readonly failure?: DirectoryFailure;
  /** Who may have been deleted in place of the user. */
  readonly deletedInstead?: DeletedInstead;
}

/** A user who was to be deleted, and was kept right before the call. */
export interface KeptUser {
  readonly id: string;
  readonly label: string;
  readonly reason: LateKeepReason;
}

/** How many chunks are under way at once, most of which wait until those whom GenAuth deleted do not show any more. */
const CHUNKS_UNDER_WAY = 256;

/**
 * How many chunks are being deleted, for each call that the directory has in flight: the next call is always there. What
 * is not begun does not stand before the read-back of those who were deleted, is not waited for after an interrupt, and
 * takes no memory that V8 would count among what lasts.
 */
const DELETIONS_FOR_EACH_CALL = 2;

/**
 * Deletes users, 50 a call, and reads back until they are gone. Many chunks are under way together, as fast as
 * the directory lets them; each is read back as soon as it is answered. In the good case that is one call to
 * delete and one to read back for every 50 users; where there are more chunks than calls in flight, and the calls name
 * users by ids that may pass to somebody else, one more to look them up right before.
 *
 * Never throws for what the directory answers: who is not confirmed gone is a survivor, with the reason. An error of this
 * program is thrown when nothing is in flight any more.
 */
export async function deleteUsers(request: DeletionRequest): Promise<DeletionResult> {
  const { users, directory, archive, onProgress } = request;
  const run = new DeletionRun(request);
  archive?.ownDeletions(users);
  // Two ids may name one user: the user is deleted once, and the ending is that of both ids.
  const idsOfUser = groupBy(users, ({ userId }) => userIdKey(userId));
  const gone = new Set<string>();
  const survivors = new Map<string, Survivor>();
  const kept = new Map<string, KeptUser>();
  const end = ({ userId }: Target, ending: Ending): void => {
    for (const { id, label } of idsOfUser.get(userIdKey(userId)) ?? []) {
      if (ending.kind === "gone") gone.add(id);
      else if (ending.kind === "kept") kept.set(id, { id, label, reason: ending.reason });
      else survivors.set(id, survivorOf(id, label, ending));
    }
  };
  const distinct = [...idsOfUser.values()].flatMap(([first]) => (first ? [first] : []));
  const chunks = chunksOf(distinct, MAX_IDS_PER_CALL);
  // The look-ups of so few chunks were in flight together just now. With more, the first look-ups are older than that.
  const wait = chunks.length > directory.parallelism;
  const deleting = pLimit(directory.parallelism * DELETIONS_FOR_EACH_CALL);
  const tell = (): void =>
    onProgress?.({ gone: gone.size, survivors: survivors.size, kept: kept.size, total: users.length });
  tell();
  const left = chunks.values();
  const takeChunks = async (): Promise<void> => {
    for (const chunk of left) {
      const endings = await readBack(run, await deleting(() => deleteChunk(run, chunk, wait)));
      for (const [target, ending] of endings) end(target, ending);
      tell();
    }
  };
  await run.together(Array.from({ length: CHUNKS_UNDER_WAY }, takeChunks));
  return {
    gone: users.flatMap(({ id }) => (gone.has(id) ? [id] : [])),
    survivors: users.flatMap(({ id }) => survivors.get(id) ?? []),
    kept: users.flatMap(({ id }) => kept.get(id) ?? []),
  };
}

function survivorOf(id: string, label: string, ending: Ending & { kind: "survivor" }): Survivor {
  const { reason, failure, deletedInstead } = ending;
  return { id, label, reason, ...(failure && { failure }), ...(deletedInstead && { deletedInstead }) };
}
