import { sleep } from "../../timing";
import { pauseBeforeSecondLook } from "../pause";
import type { ProgressWatch } from "../progress";
import type { UserIdType } from "../user-id-type";
import type { Resolution } from "./resolution";
import type { UserLookUps } from "./user-look-ups";

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
    onProgress: progress?.begin("looking once more for those who were not found"),
  });
  return new Map([...resolutions, ...again]);
}
