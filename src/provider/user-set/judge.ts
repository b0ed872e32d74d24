import type { Diagnostic } from "../../plugin";
import {
  boundIdsToLookUp,
  compare,
  decideRemovals,
  UserIdType,
  type DirectoryFailure,
  type Removal,
  type Resolution,
  type SetDifference,
} from "../../users";
import type { ProviderContext, UserPool } from "../context";
import type { PrivateData } from "./private-data";
import { looksLikeWrongPool, wrongPoolError } from "./wrong-pool";

/** Ids that stay in the set and are looked up when all removed ones are absent, to tell a wrong pool: one call. */
const PROBES = 50;

const CONFIGURATION_UNKNOWN: DirectoryFailure = {
  message: "The provider's configuration is not known before apply, so nobody could be looked up.",
  reach: "every_call",
  effect: "none",
  transient: true,
};

/** A change of a set, as plan and apply see it. */
export interface SetChange {
  readonly type: UserIdType;
  readonly prior: ReadonlyMap<string, string>;
  readonly declared: ReadonlyMap<string, string>;
  readonly retained: readonly string[];
  readonly data: PrivateData;
  readonly context: ProviderContext;
}

/** What becomes of those who leave a set, and what the look-ups for it showed. */
export interface Judgement {
  readonly difference: SetDifference;
  /** Those who leave, each with its fate, in the order of their ids. */
  readonly removals: readonly Removal[];
  /** Of the removed and the added ids. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** An error that forbids to believe the look-ups. */
  readonly doubts: readonly Diagnostic[];
}

/**
 * Looks up who leaves and who comes, unless this process has done so, and sorts those who leave by what may be done to
 * them.
 */
export async function judgeRemovals(change: SetChange): Promise<Judgement> {
  const { type, prior, declared, retained, data, context } = change;
  const difference = compare(prior, declared);
  const removed = [...difference.removed.keys()];
  const added = [...difference.added.keys()];
  const { pool } = context;
  const options = { stop: context.stop };

  const resolutions = pool
    ? await pool.lookUps.resolve([...removed, ...added], type, options)
    : new Map(
        [...removed, ...added].map((id): [string, Resolution] => [
          id,
          { kind: "undecided", failure: CONFIGURATION_UNKNOWN },
        ]),
      );
  const boundIds = boundIdsToLookUp(removed, type, data.bindings, resolutions);
  const boundUsers =
    pool && boundIds.length > 0
      ? await pool.lookUps.resolve(boundIds, UserIdType.USER_ID, options)
      : new Map<string, Resolution>();

  const removals = decideRemovals({
    type,
    removed: difference.removed,
    declared,
    added,
    retained,
    protectedUsers: context.protectedUsers,
    bindings: data.bindings,
    resolutions,
    boundUsers,
  });
  const doubted =
    pool && !context.floor.acceptEmptyPool && (await wrongPool(pool, change, removed, resolutions));
  return { difference, removals, resolutions, doubts: doubted ? [wrongPoolError(removed.length)] : [] };
}

/** Where all removed ids are absent, those who stay tell whether this is the right pool. */
async function wrongPool(
  pool: UserPool,
  { type, declared, data, context }: SetChange,
  removed: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
): Promise<boolean> {
  if (!looksLikeWrongPool(data, removed, resolutions)) return false;
  const probes = [...declared.keys()].filter((id) => data.bindings.has(id)).slice(0, PROBES);
  const probed = await pool.lookUps.resolve(probes, type, { stop: context.stop });
  return [...probed.values()].every(({ kind }) => kind === "absent");
}
