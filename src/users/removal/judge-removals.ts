import { confirmAbsent, type SecondLook } from "../look-up/confirm-absent";
import type { Resolution } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import { UserIdType } from "../user-id-type";
import type { Message } from "../report/words";
import { compare } from "./difference";
import type { Removal } from "./fate";
import { boundIdsToLookUp, decideRemovals } from "./fates";
import type { ProtectedUsers } from "./protected-users";
import { doubtRemoval } from "./wrong-pool";

/** A change of a user set, and what is known of it without a call. */
export interface SetChange {
  readonly type: UserIdType;
  /** The users that the set held, id -> label. */
  readonly prior: ReadonlyMap<string, string>;
  /** The users that it is to hold. */
  readonly declared: ReadonlyMap<string, string>;
  /** Ids that may leave the set without being deleted. */
  readonly retained: readonly string[];
  /** At apply, removed ids of which the plan said that they are kept; default none. */
  readonly keptByPlan?: ReadonlySet<string>;
  readonly protectedUsers: ProtectedUsers;
  /** By id, the system user id that it named when it was first seen. */
  readonly bindings: ReadonlyMap<string, string>;
  /** The ids whose users were in the pool before, as far as that is known. */
  readonly seenBefore: Pick<ReadonlySet<string>, "has">;
}

/** What becomes of those who leave a set, and what the look-ups for it showed. */
export interface Judgement {
  /** Those who leave, each with its fate, in the order of their ids. */
  readonly removals: readonly Removal[];
  /** Of the removed and the added ids. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Said where the look-ups look like those of another pool: then they must not be believed. */
  readonly wrongPool: Message | undefined;
}

/**
 * Looks up who leaves and who comes, unless that was done before, and once more who leaves and is not found; then
 * sorts those who leave by what may be done to them.
 *
 * @param secondLook start nothing new once `stop` fires: whoever has not been looked up by then is undecided; give
 *   `confirmWithinMs` where the set forgets who is already gone
 */
export async function judgeRemovals(
  change: SetChange,
  lookUps: UserLookUps,
  secondLook: SecondLook = {},
): Promise<Judgement> {
  const { type, prior, declared, bindings } = change;
  const { stop, progress } = secondLook;
  const options = (doing: string) => ({ ...(stop && { stop }), onProgress: progress?.begin(doing) });
  const difference = compare(prior, declared);
  const removed = [...difference.removed.keys()];
  const added = [...difference.added.keys()];

  const looked = await lookUps.resolve(
    [...removed, ...added],
    type,
    options("looking up who leaves and who comes"),
  );
  const resolutions = await confirmAbsent(removed, looked, type, lookUps, secondLook);
  const boundIds = boundIdsToLookUp(removed, type, bindings, resolutions);
  const boundUsers = await lookUps.resolve(
    boundIds,
    UserIdType.USER_ID,
    options("looking up whom ids named before"),
  );
  const removals = decideRemovals({ ...change, removed: difference.removed, added, resolutions, boundUsers });
  const wrongPool = await doubtRemoval({
    seenBefore: change.seenBefore,
    removed,
    declared: declared.keys(),
    resolutions,
    boundUsers,
    lookUp: (ids) => lookUps.resolve(ids, type, options("looking up some who stay")),
  });
  return { removals, resolutions, wrongPool };
}
