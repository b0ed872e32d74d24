import { deflateRawSync, inflateRawSync } from "node:zlib";
import { sleep } from "../../timing";
import { type DirectoryUser, MAX_IDS_PER_CALL, type UserDirectory, type UserIdType } from "../directory";
import { chunksOf } from "../../lists";
import { pauseBeforeSecondLook } from "../pause";
import type { OnProgress, ProgressWatch } from "../progress";
import { BatchLookUp } from "./batch-look-up";
import { type Found, type Resolution, resolutionOf } from "./resolution";

/** Options of `UserLookUps.resolve`. */
export interface LookUpOptions {
  /** Start nothing new once this fires. Ids that have not been looked up by then are undecided. */
  readonly stop?: AbortSignal;
  /** Ignore earlier answers and look up again (default false). */
  readonly fresh?: boolean;
  /** Reports how many of the requested ids are answered: before the first call and after each call. */
  readonly onProgress?: OnProgress | undefined;
}

/** A call in progress or completed. It holds the resolutions of its ids once it is settled. */
interface Batch {
  settled: Promise<void>;
  resolutions: ReadonlyMap<string, Resolution>;
}

/** The known answers and the calls in progress for ids of one type. */
interface Memory {
  readonly answers: Map<string, Resolution>;
  /** The last batch of each id. */
  readonly inFlight: Map<string, Batch>;
}

/**
 * Looks up users and remembers the answers for the life of the process, so that plan and apply, and several
 * sets with the same user, do not look it up twice.
 */
export class UserLookUps {
  private readonly memories = new Map<UserIdType, Memory>();

  /** @param directory limits how many calls are in flight */
  constructor(private readonly directory: Pick<UserDirectory, "findUsers" | "findUser">) {}

  /**
   * Resolves ids of one type, 50 per call, with all calls in flight at once. An id that is being looked up,
   * or was decided before, is not looked up again, unless `fresh` is set.
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
    // One promise per batch and not per id, because a set may hold 100,000 ids.
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
        // A later look-up of the same id takes precedence.
        if (inFlight.get(id) !== batch) continue;
        inFlight.delete(id);
        const resolution = batch.resolutions.get(id);
        if (resolution === undefined || resolution.kind === "undecided") answers.delete(id);
        else answers.set(id, resolution);
      }
    };
    const batch: Batch = {
      settled: new BatchLookUp(this.directory, type, stop).lookUp(chunk).then(learn, (thrown: unknown) => {
        // An error of this program is thrown to the callers of this batch. The next caller gets a new call.
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

/** How users are looked up for a set. */
export interface LookUpContext {
  readonly lookUps: UserLookUps;
  /** Start nothing new once this fires. Ids that have not been looked up by then are undecided. */
  readonly stop?: AbortSignal;
  /** Reports look-ups that take long. */
  readonly progress?: Pick<ProgressWatch, "begin">;
}

/**
 * Resolves ids of one type for a set.
 *
 * @param doing what it is, for the report of its progress
 * @param fresh ignore earlier answers and look up again
 */
export async function resolveIds(
  { lookUps, stop, progress }: LookUpContext,
  ids: Iterable<string>,
  type: UserIdType,
  doing: string,
  fresh = false,
): Promise<ReadonlyMap<string, Resolution>> {
  return await lookUps.resolve(ids, type, { stop, fresh, onProgress: progress?.begin(doing) });
}

/**
 * Looks up absent removed ids again, a little later. If a server lags behind another, its look-up can miss a
 * user. The user would then count as "already gone", and the set would forget it.
 *
 * @param context `confirmWithinMs`: for how long GenAuth's look-ups may lag behind; absent if nothing depends
 *   on the answer yet
 * @returns the resolutions, with the second answers in place of the first
 */
export async function confirmAbsent(
  removed: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
  type: UserIdType,
  context: LookUpContext & { readonly confirmWithinMs?: number | undefined },
): Promise<ReadonlyMap<string, Resolution>> {
  const { stop, confirmWithinMs = 0 } = context;
  const absent = removed.filter((id) => resolutionOf(id, resolutions).kind === "absent");
  if (absent.length === 0) return resolutions;
  if (confirmWithinMs > 0) await sleep(pauseBeforeSecondLook(confirmWithinMs), stop);
  const again = await resolveIds(context, absent, type, "looking up absent users again", true);
  return new Map([...resolutions, ...again]);
}

/**
 * Packs the users of one call, so that 100,000 answers fit in memory. As objects they take 76 MB, and V8 lets
 * the heap grow to several times of that. Packed per call, they take less than 10 MB outside the heap.
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
  /** The users that were unpacked last: callers read a whole set in the order of its calls. */
  private static last?: { readonly of: PackedUsers; readonly users: readonly DirectoryUser[] };
  private readonly packed: Buffer;

  constructor(users: readonly DirectoryUser[]) {
    // Small tables and the fastest level suffice for little text with many repetitions. The copy frees zlib's
    // buffer, which is as large for one user as for fifty.
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
