import { confirmAbsent } from "../look-up/user-look-ups";
import type { Resolution } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import type { ProgressWatch } from "../progress";
import { UserIdType } from "../user-id-type";
import { count, describeIds, type Message } from "../wording";
import {
  boundIdsToLookUp,
  diffUserSets,
  evaluateRemovals,
  type UserSetDifference,
} from "./evaluate-removals";
import { checkGuards, countDeletions, countMissing } from "./guards";
import type { ProtectedUsers } from "./protection";
import { type Removal, removalsOf } from "./removal";
import { detectWrongPoolAtRemoval } from "./wrong-pool";

/** A change of a user set, and what is known about it before any look-up. */
export interface RemovalRequest {
  readonly type: UserIdType;
  /** The users of the set before the change, id -> label. */
  readonly prior: ReadonlyMap<string, string>;
  /** The users of the set after the change. */
  readonly declared: ReadonlyMap<string, string>;
  /** The difference between the two; computed if it is absent. */
  readonly difference?: UserSetDifference;
  /** Ids that may leave the set without being deleted. */
  readonly retained: readonly string[];
  /**
   * The system user id that each id named when it was first seen. Absent if nothing remembers it, as for the null
   * resource.
   */
  readonly bindings?: ReadonlyMap<string, string> | undefined;
  /** At apply: whether the plan permits the deletion of the removed id. */
  readonly isPlanned?: (id: string) => boolean;
}

/** What the set, the stack and the operator of the pipeline allow. */
export interface RemovalPolicy {
  /** Users that no set may delete. */
  readonly protectedUsers: ProtectedUsers;
  /** The set's own guard; default 500. */
  readonly maxDeletions?: number | undefined;
  /** The set's own guard, 0 to 100; absent if the configuration does not set it. */
  readonly maxDeletionsPercent?: number | undefined;
  /** How many users the set had before, for the guards. */
  readonly heldBefore: number;
  /** Users that the last check did not find in the pool; default none. */
  readonly lastMissing?: readonly string[] | undefined;
  /** Whether to accept a pool that contains none of the users. */
  readonly acceptEmptyPool: boolean;
  /** Whether users may be removed from a set of which no user was ever found. */
  readonly allowMissingUsers: boolean;
  /** If removed users are suspended first; absent if they are deleted at once. */
  readonly suspension?: PlannedSuspension | undefined;
  /**
   * Checks the deletions of this set, together with those of all other sets of the run, against the operator's limit. Called
   * only if a user would be deleted.
   */
  readonly checkRunLimit: (deletions: number) => readonly Message[];
}

/** How long users are suspended before they are deleted. */
export interface PlannedSuspension {
  /** At least 1. */
  readonly days: number;
  /**
   * The day of the deletion if the plan is applied today, such as `2026-12-11`; `undefined` while GenAuth's clock is not known. Asked for
   * after the look-ups of the plan, which may be the first calls that tell the time.
   */
  readonly ifToday: () => string | undefined;
}

/** How the users are looked up. */
export interface RemovalLookUps {
  readonly lookUps: UserLookUps;
  /** Start nothing new once this fires. Ids that have not been looked up by then are undecided. */
  readonly stop?: AbortSignal;
  /** Reports look-ups that take long. */
  readonly progress?: ProgressWatch;
  /**
   * For how long look-ups may lag behind a change, in milliseconds. Given at apply, where the set forgets users that are
   * gone; absent at plan.
   */
  readonly confirmWithinMs?: number | undefined;
}

/** Why nobody may be deleted. */
export interface Refusal extends Message {
  /** The attribute of the set that caused it, if any. */
  readonly attribute?: "max_deletions" | "max_deletions_percent" | "users" | "user_id_type";
}

/** What a reviewer has to read about a change of a user set: `describePlan` says it. */
export interface PlannedRemovals {
  /** All removed ids. */
  readonly removals: readonly Removal[];
  /** How many users the set declares after the change. */
  readonly kept: number;
  /** Whether Terraform enforces the planned outcome of each removal at apply, as it does for `removals` of the provider's set. */
  readonly isBinding: boolean;
  /** If the set suspends the removed users first; absent if it deletes them at once. */
  readonly suspension?: PlannedSuspension | undefined;
}

/** What a change does to the removed users, and whether it may be carried out. */
export interface RemovalPlan {
  /** The removed ids, each with the outcome for its user, in the order of the prior set. */
  readonly removals: readonly Removal[];
  /** Of the removed and the added ids. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Why nobody may be deleted; empty if the change may be carried out. */
  readonly refusals: readonly Refusal[];
  /** What a reviewer has to read; absent if the look-ups cannot be trusted. */
  readonly toReview?: PlannedRemovals;
}

/**
 * Decides the outcome of each removal. It looks up removed and added users unless they are known, looks up absent removed
 * users again, evaluates each removal, and checks the deletions against the guards, the operator's limit and the signs of a
 * wrong pool. Deletes nobody. Plan and apply of both resource types begin with it.
 */
export async function planRemovals(
  request: RemovalRequest,
  policy: RemovalPolicy,
  access: RemovalLookUps,
): Promise<RemovalPlan> {
  const { type, prior, declared, bindings } = request;
  const { lookUps, stop, progress } = access;
  const options = (doing: string) => ({ ...(stop && { stop }), onProgress: progress?.begin(doing) });
  const difference = request.difference ?? diffUserSets(prior, declared);
  const removed = [...difference.removed.keys()];
  const added = [...difference.added.keys()];

  const firstLook = await lookUps.resolve(
    [...removed, ...added],
    type,
    options("looking up removed and added users"),
  );
  const resolutions = await confirmAbsent(removed, firstLook, type, lookUps, access);
  const boundIds = boundIdsToLookUp(removed, type, bindings ?? new Map<string, string>(), resolutions);
  const boundUsers = await lookUps.resolve(
    boundIds,
    UserIdType.USER_ID,
    options("looking up earlier users of removed ids"),
  );
  const { protectedUsers } = policy;
  const removals = evaluateRemovals({
    ...request,
    protectedUsers,
    removed: difference.removed,
    added,
    resolutions,
    boundUsers,
  });
  const wrongPool = await detectWrongPoolAtRemoval({
    // Without bindings, all users of the prior set count as known.
    knownIds: bindings ?? prior,
    bindings: type === UserIdType.USER_ID ? undefined : bindings,
    removed,
    declared: declared.keys(),
    resolutions,
    boundUsers,
    lookUp: (ids) => lookUps.resolve(ids, type, options("looking up a sample of remaining users")),
  });
  if (wrongPool && !policy.acceptEmptyPool) return { removals, resolutions, refusals: [wrongPool] };
  const refusals = [...refuseNeverBound(request, removals, policy), ...refuseByLimits(removals, policy)];
  return {
    removals,
    resolutions,
    refusals,
    toReview: {
      removals,
      kept: declared.size,
      isBinding: bindings !== undefined,
      suspension: policy.suspension,
    },
  };
}

/** A set that never found any user has no bindings, so removed users would keep their accounts without a message. */
function refuseNeverBound(
  { type, prior, bindings }: RemovalRequest,
  removals: readonly Removal[],
  { allowMissingUsers }: RemovalPolicy,
): Refusal[] {
  const never = removalsOf(removals, "never_found");
  if (never.length === 0 || bindings?.size !== 0 || allowMissingUsers) return [];
  const ids = never.map(({ id }) => id);
  return [
    {
      summary: `None of the ${count(prior.size, "user")} of this set was ever found in GenAuth`,
      detail:
        `The removed users may still have accounts, under ids of another type than ${type} or in another user pool, and would keep them:\n` +
        `${describeIds(ids, prior)}\nNobody was deleted. Check user_id_type, the host and the access key id. If these users were never created, set allow_missing_users = true for this change.`,
      attribute: "users",
    },
  ];
}

function refuseByLimits(removals: readonly Removal[], policy: RemovalPolicy): Refusal[] {
  const deletions = countDeletions(removals);
  const violation = checkGuards({
    ...policy,
    deletions,
    missing: countMissing(removals, policy.lastMissing ?? []),
    isSuspension: policy.suspension !== undefined,
  });
  const attribute = violation?.kind === "number" ? "max_deletions" : "max_deletions_percent";
  return [
    ...(violation ? [{ ...violation, attribute } as const] : []),
    ...(deletions > 0 ? policy.checkRunLimit(deletions) : []),
  ];
}
