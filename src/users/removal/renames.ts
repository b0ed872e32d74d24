import type { DirectoryFailure } from "../directory";
import { type Resolution, resolutionOf } from "../look-up/resolution";

/** An added id that bears the label of a removed one. */
export interface LikelyRename {
  readonly to: string;
  /** Why nobody can say whether the added id is in the pool; absent where it certainly is not. */
  readonly failure?: DirectoryFailure;
}

/**
 * Finds renames that reached the declared file before the pool: added ids that are not in the pool, by label.
 * An added id that is in the pool is a person of its own, whatever its label.
 *
 * @param added the ids that the change adds, with their labels; an empty label says nothing
 * @param resolutions what the look-ups said of them
 * @returns one such id for each label
 */
export function renamesByLabel(
  added: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
): Map<string, LikelyRename> {
  const renames = new Map<string, LikelyRename>();
  for (const [to, written] of added) {
    const label = written.trim();
    const resolution = resolutionOf(to, resolutions);
    if (label === "") continue;
    if (resolution.kind === "absent") renames.set(label, { to });
    else if (resolution.kind === "undecided" && !renames.has(label)) {
      renames.set(label, { to, failure: resolution.failure });
    }
  }
  return renames;
}
