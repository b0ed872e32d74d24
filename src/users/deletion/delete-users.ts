import pLimit from "p-limit";
import { chunksOf } from "../chunks";
import { MAX_IDS_PER_CALL } from "../directory";
import { groupBy } from "../group-by";
import { userIdKey } from "../ids/id-types";
import { deleteChunk } from "./chunk-deletion";
import { type DeletionOptions, DeletionRun } from "./deletion-run";
import { readBack, type Survival, type Verdict } from "./read-back";
import type { Survivor } from "./survivor";
import type { Target } from "./target";

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
  readonly total: number;
}

/** What became of the ids; each is in one of the two, in the order they were given. */
export interface DeletionResult {
  /** Confirmed absent from the pool. */
  readonly gone: string[];
  readonly survivors: Survivor[];
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
 * delete and one to read back for every 50 users.
 *
 * Never throws for what the directory answers: who is not confirmed gone is a survivor, with the reason. An error of this
 * program is thrown when nothing is in flight any more.
 */
export async function deleteUsers(request: DeletionRequest): Promise<DeletionResult> {
  const { users, onProgress } = request;
  const run = new DeletionRun(request);
  // Two ids may name one user: the user is deleted once, and the verdict is that of both ids.
  const idsOfUser = groupBy(users, ({ userId }) => userIdKey(userId));
  const gone = new Set<string>();
  const survivors = new Map<string, Survivor>();
  const settle = ({ userId }: Target, verdict: Verdict): void => {
    for (const { id, label } of idsOfUser.get(userIdKey(userId)) ?? []) {
      if (verdict.kind === "gone") gone.add(id);
      else survivors.set(id, survivorOf(id, label, verdict));
    }
  };
  const distinct = [...idsOfUser.values()].flatMap(([first]) => (first ? [first] : []));
  const chunks = chunksOf(distinct, MAX_IDS_PER_CALL).values();
  const deleting = pLimit(request.directory.parallelism * DELETIONS_FOR_EACH_CALL);
  const tell = (): void => onProgress?.({ gone: gone.size, survivors: survivors.size, total: users.length });
  tell();
  const takeChunks = async (): Promise<void> => {
    for (const chunk of chunks) {
      const verdicts = await readBack(run, await deleting(() => deleteChunk(run, chunk)));
      for (const [target, verdict] of verdicts) settle(target, verdict);
      tell();
    }
  };
  await run.together(Array.from({ length: CHUNKS_UNDER_WAY }, takeChunks));
  return {
    gone: users.flatMap(({ id }) => (gone.has(id) ? [id] : [])),
    survivors: users.flatMap(({ id }) => survivors.get(id) ?? []),
  };
}

function survivorOf(id: string, label: string, { reason, failure }: Survival): Survivor {
  return { id, label, reason, ...(failure && { failure }) };
}
