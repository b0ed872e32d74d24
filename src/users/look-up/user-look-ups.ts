import { chunksOf } from "../chunks";
import { MAX_IDS_PER_CALL, type UserDirectory } from "../directory";
import type { UserIdType } from "../user-id-type";
import { lookUpBatch } from "./batch-look-up";
import { type Resolution, undecided } from "./resolution";

/** How `UserLookUps.resolve` goes about it. */
export interface LookUpOptions {
  /** Start nothing new once this fires: what has not been asked by then is undecided. */
  readonly stop?: AbortSignal;
  /** Ask now, whatever was answered before (default false). */
  readonly fresh?: boolean;
}

/**
 * Looks users up and remembers the answers for the life of the process, so that plan and apply do not ask
 * twice.
 */
export class UserLookUps {
  private readonly answers = new Map<string, Resolution>();
  private readonly inFlight = new Map<string, Promise<Resolution>>();

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
    const distinct = [...new Set(ids)];
    const asked = distinct.filter((id) => {
      const key = keyOf(id, type);
      return options.fresh === true || !(this.answers.has(key) || this.inFlight.has(key));
    });
    for (const chunk of chunksOf(asked, MAX_IDS_PER_CALL)) this.ask(chunk, type, options.stop);
    return new Map(
      await Promise.all(
        distinct.map(async (id): Promise<[string, Resolution]> => {
          const key = keyOf(id, type);
          const pending = this.inFlight.get(key);
          return [id, (await pending) ?? this.answers.get(key) ?? undecided("The id was not looked up.")];
        }),
      ),
    );
  }

  /** What is known of an id without a call: the last answer that decided it. */
  seen(id: string, type: UserIdType): Resolution | undefined {
    return this.answers.get(keyOf(id, type));
  }

  private ask(chunk: readonly string[], type: UserIdType, stop?: AbortSignal): void {
    const batch = lookUpBatch(this.directory, chunk, type, stop);
    for (const id of chunk) {
      const key = keyOf(id, type);
      const answer = batch
        .then((resolutions) => resolutions.get(id) ?? undecided("The id was not looked up."))
        .then((resolution) => {
          // An answer to a later question has the last word.
          if (this.inFlight.get(key) !== answer) return resolution;
          this.inFlight.delete(key);
          if (resolution.kind === "undecided") this.answers.delete(key);
          else this.answers.set(key, resolution);
          return resolution;
        });
      this.inFlight.set(key, answer);
    }
  }
}

function keyOf(id: string, type: UserIdType): string {
  return `${type} ${id}`;
}
