import { deflateRawSync, inflateRawSync } from "node:zlib";
import { sleep } from "../../timing";
import { type DirectoryUser, MAX_IDS_PER_CALL, type UserDirectory } from "../directory";
import { chunksOf } from "../lists";
import { pauseBeforeSecondLook } from "../pause";
import type { OnProgress, ProgressWatch } from "../progress";
import type { UserIdType } from "../user-id-type";
import { lookUpBatch } from "./batch-look-up";
import { type Found, type Resolution, resolutionOf } from "./resolution";

/** How `UserLookUps.resolve` goes about it. */
export interface LookUpOptions {
  /** Start nothing new once this fires: what has not been asked by then is undecided. */
  readonly stop?: AbortSignal;
  /** Ask now, whatever was answered before (default false). */
  readonly fresh?: boolean;
  /** Told how many of the ids asked for here are answered: before the first call, and after each. */
  readonly onProgress?: OnProgress | undefined;
}

/** A call under way, or done: it holds the resolutions of its ids once it is settled. */
interface Batch {
  settled: Promise<void>;
  resolutions: ReadonlyMap<string, Resolution>;
}

/** What is known, and what is being asked, of the ids of one type. */
interface Memory {
  readonly answers: Map<string, Resolution>;
  /** By id, the batch in which it was asked for last. */
  readonly inFlight: Map<string, Batch>;
}

/**
 * Looks users up and remembers the answers for the life of the process, so that plan and apply do not ask
 * twice, nor do several sets that hold the same user.
 */
export class UserLookUps {
  private readonly memories = new Map<UserIdType, Memory>();

  /** @param directory bounds by itself how many calls are in flight */
  constructor(private readonly directory: UserDirectory) {}

  /**
   * Resolves ids of one type, 50 a call, all calls in flight together. An id that is being asked for, or was
   * decided before, is not asked again, unless `fresh`.
   *
   * @returns a resolution for each distinct id, in the order given
   */
  async resolve(
    ids: Iterable<string>,
    type: UserIdType,
    options: LookUpOptions = {},
  ): Promise<Map<string, Resolution>> {
    const { answers, inFlight } = this.memoryOf(type);
    const distinct = [...new Set(ids)];
    const asked = distinct.filter((id) => options.fresh === true || !(answers.has(id) || inFlight.has(id)));
    for (const chunk of chunksOf(asked, MAX_IDS_PER_CALL)) this.ask(chunk, type, options.stop);
    // One promise a batch, not one an id: a set may hold 100,000 of them.
    const batches = distinct.map((id) => inFlight.get(id));
    const open = new Map<Batch, number>();
    for (const batch of batches) if (batch) open.set(batch, (open.get(batch) ?? 0) + 1);
    let done = batches.filter((batch) => !batch).length;
    if (open.size > 0) options.onProgress?.({ done, total: distinct.length });
    await Promise.all(
      [...open].map(async ([batch, count]) => {
        await batch.settled;
        done += count;
        options.onProgress?.({ done, total: distinct.length });
      }),
    );
    const found = new Map<string, Resolution>();
    for (const [index, id] of distinct.entries()) {
      found.set(id, batches[index]?.resolutions.get(id) ?? resolutionOf(id, answers));
    }
    return found;
  }

  private ask(chunk: readonly string[], type: UserIdType, stop?: AbortSignal): void {
    const { answers, inFlight } = this.memoryOf(type);
    const learn = (resolutions: ReadonlyMap<string, Resolution>): void => {
      batch.resolutions = remember(resolutions);
      for (const id of chunk) {
        // An answer to a later question has the last word.
        if (inFlight.get(id) !== batch) continue;
        inFlight.delete(id);
        const resolution = batch.resolutions.get(id);
        if (resolution === undefined || resolution.kind === "undecided") answers.delete(id);
        else answers.set(id, resolution);
      }
    };
    const batch: Batch = {
      settled: lookUpBatch(this.directory, chunk, type, stop).then(learn, (thrown: unknown) => {
        // An error of this program is for whoever asked; the next who asks gets a call of their own.
        learn(new Map());
        throw thrown;
      }),
      resolutions: new Map(),
    };
    for (const id of chunk) inFlight.set(id, batch);
  }

  private memoryOf(type: UserIdType): Memory {
    const known = this.memories.get(type);
    if (known) return known;
    const memory: Memory = { answers: new Map(), inFlight: new Map() };
    this.memories.set(type, memory);
    return memory;
  }
}

/** How the second look-up is made. */
export interface SecondLook {
  /** Start nothing new once this fires. */
  readonly stop?: AbortSignal;
  /** Told of look-ups that last. */
  readonly progress?: ProgressWatch;
  /** For how long GenAuth's look-ups may lag behind, in milliseconds; absent where nothing is done for the answer yet. */
  readonly confirmWithinMs?: number;
}

/**
 * Looks those of the removed ids up once more, a little later, that a look-up did not find. A look-up that leaves
 * somebody out, as a server may that has not caught up with another, would otherwise read as "already gone", and the
 * user be forgotten.
 *
 * @returns the resolutions, with the second answers in place of the first
 */
export async function confirmAbsent(
  removed: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
  type: UserIdType,
  lookUps: UserLookUps,
  { stop, progress, confirmWithinMs = 0 }: SecondLook,
): Promise<Map<string, Resolution>> {
  const absent = removed.filter((id) => resolutions.get(id)?.kind === "absent");
  if (absent.length === 0) return new Map(resolutions);
  if (confirmWithinMs > 0) await sleep(pauseBeforeSecondLook(confirmWithinMs), stop);
  const again = await lookUps.resolve(absent, type, {
    ...(stop && { stop }),
    fresh: true,
    onProgress: progress?.begin("looking up absent users again"),
  });
  return new Map([...resolutions, ...again]);
}

/**
 * What one call said, in the form in which 100,000 answers are kept: as objects, so many users take 76 MB,
 * and V8 lets the heap grow to several times what is in use; the users of a call packed together take less than 10 MB,
 * outside of the heap.
 */
export function remember(resolutions: ReadonlyMap<string, Resolution>): Map<string, Resolution> {
  const users = [...resolutions.values()].flatMap((resolution) =>
    resolution.kind === "found" ? [resolution.user] : [],
  );
  const packed = new PackedUsers(users);
  let place = 0;
  return new Map(
    [...resolutions].map(([id, resolution]): [string, Resolution] => [
      id,
      resolution.kind === "found" ? new RememberedUser(resolution.userId, packed, place++) : resolution,
    ]),
  );
}

class RememberedUser implements Found {
  readonly kind = "found";

  constructor(
    readonly userId: string,
    private readonly packed: PackedUsers,
    private readonly place: number,
  ) {}

  get user(): DirectoryUser {
    return this.packed.unpacked()[this.place] as DirectoryUser;
  }
}

/** The users of one call. */
class PackedUsers {
  /** Those that were looked at last, unpacked: who looks at a whole set does so in the order in which it was asked for. */
  private static last?: { readonly of: PackedUsers; readonly users: readonly DirectoryUser[] };
  private readonly packed: Buffer;

  constructor(users: readonly DirectoryUser[]) {
    // Small tables and the fastest level: there is little text, and much of it repeats. A copy, for zlib's own buffer is as
    // large for one user as for fifty.
    this.packed = Buffer.from(
      deflateRawSync(JSON.stringify(users), { level: 1, windowBits: 13, memLevel: 5 }),
    );
  }

  unpacked(): readonly DirectoryUser[] {
    if (PackedUsers.last?.of !== this) {
      const users = JSON.parse(inflateRawSync(this.packed).toString()) as DirectoryUser[];
      PackedUsers.last = { of: this, users };
    }
    return PackedUsers.last.users;
  }
}
