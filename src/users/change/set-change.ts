import type { Resolution } from "../look-up/resolution";
import type { UserArchive } from "../look-up/archive";
import type { LookUpContext } from "../look-up/user-look-ups";
import type { UserIdType } from "../directory";
import type { WaitingUser } from "../waiting-user";
import type { Message } from "../wording";
import type { ProtectionSources } from "./protection";

/** What a change of a user set does, by id. Ids are compared as they are written. */
export interface UserSetDifference {
  /** In the prior state, but no longer declared: id to its former label. */
  readonly removed: ReadonlyMap<string, string>;
  /** Newly declared: id to label. */
  readonly added: ReadonlyMap<string, string>;
}

/** A change of a user set, and what is known about it before any look-up. */
export interface SetChange {
  /** Names the set in the count of a run; need not be unique. */
  readonly name: string;
  readonly type: UserIdType;
  /** The users of the set before the change, id -> label. */
  readonly prior: ReadonlyMap<string, string>;
  /** The users of the set after the change. */
  readonly declared: ReadonlyMap<string, string>;
  /** The difference between the two. */
  readonly difference: UserSetDifference;
  /** Ids that may leave the set without being deleted. */
  readonly retained: readonly string[];
  /**
   * The system user id that each id named when it was first seen. Absent if nothing remembers it, as for the
   * null resource.
   */
  readonly bindings: ReadonlyMap<string, string> | undefined;
  /** Users that the last check did not find in the pool. */
  readonly lastMissing: readonly string[];
  /** Declared users that the last check found suspended, by anybody. */
  readonly lastLockedOut: readonly string[];
  /** Whether users may be removed from a set of which no user was ever found. */
  readonly allowMissingUsers: boolean;
  readonly guards: SetGuards;
  /**
   * For how many days users are suspended before they are deleted; 0: they are deleted at once. More than
   * before postpone the day of those who wait.
   */
  readonly suspendDays: number;
  /** The users who left the set before and wait for the deletion. */
  readonly waiting: readonly WaitingUser[];
  /** Ids that wait, and of whom nothing is remembered. */
  readonly lost: readonly string[];
  /** Ids of `prior` that were not declared any more: the survivors of the last apply. */
  readonly undeclared: ReadonlySet<string>;
}

/** What a resource that remembers nothing knows of a change. */
type NeededOfChange = "name" | "type" | "prior" | "declared" | "retained" | "allowMissingUsers" | "guards";

/**
 * A change as a resource gives it. What is absent is not remembered: nobody was missing, suspended or waits.
 */
export type GivenChange = Pick<SetChange, NeededOfChange> &
  Partial<Omit<SetChange, NeededOfChange | "difference">>;

/** Completes a change, once: finds who leaves and who joins, and fills in what is absent. */
export function completeChange(given: GivenChange): SetChange {
  return {
    bindings: undefined,
    lastMissing: [],
    lastLockedOut: [],
    suspendDays: 0,
    waiting: [],
    lost: [],
    undeclared: new Set(),
    ...given,
    difference: diffUserSets(given.prior, given.declared),
  };
}

/**
 * Compares two versions of a user set in linear time. Each part keeps the order of the map it comes from.
 *
 * @param prior id to label as applied last
 * @param declared id to label as declared now
 */
export function diffUserSets(
  prior: ReadonlyMap<string, string>,
  declared: ReadonlyMap<string, string>,
): UserSetDifference {
  return { removed: without(prior, declared), added: without(declared, prior) };
}

function without(users: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>) {
  return new Map([...users].filter(([id]) => !others.has(id)));
}

/**
 * What the planned attributes let an apply do. At apply, nobody is deleted, suspended or reactivated unless
 * the plan allows it.
 */
export interface ApprovedPlan {
  /** Whether the plan lets the user of an id be deleted, suspended, or reactivated. */
  readonly allows: (id: string, kind: "delete" | "suspend" | "reactivate") => boolean;
  /** Whether anything may change for the users who wait, but for a postponed day. */
  readonly changesWaiting: boolean;
}

/** How users are looked up, and what the stack and the pipeline allow. */
export interface ChangeContext extends LookUpContext, ProtectionSources {
  /**
   * GenAuth's list of deleted users; absent if it cannot be read, which then says of nobody that the user is
   * gone.
   */
  readonly archive?: UserArchive | undefined;
  /** GenAuth's time, in milliseconds since 1970; absent, or gives none, if it is not known. */
  readonly serviceTime?: (() => number | undefined) | undefined;
  /**
   * For how long look-ups may lag behind a change, in milliseconds. Given at apply, where the set forgets
   * users that are gone; absent at plan.
   */
  readonly confirmWithinMs?: number | undefined;
  /** Whether to accept a pool that contains none of the users. */
  readonly acceptEmptyPool: boolean;
  /** Whether nobody who is due is deleted. */
  readonly holdDueDeletions?: boolean | undefined;
  /** Counts the deletions of this set in the run. */
  readonly countInRun: RunCount;
}

/** From what is decided about those who left the set before a change. */
export interface DecisionBasis {
  readonly change: SetChange;
  readonly context: ChangeContext;
  /** The current user of each removed and added id. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Given at apply. If it changes nothing for them, all of them wait on. */
  readonly approved: ApprovedPlan | undefined;
}

/** The limits that a set's configuration gives. */
export interface SetGuards {
  /** Default 500. */
  readonly maxDeletions?: number | undefined;
  /** 0 to 100. Default 20. Counts from six people on. */
  readonly maxDeletionsPercent?: number | undefined;
}

/**
 * Counts the deletions and suspensions of a set in the ledger of the run, where those of all other sets and
 * processes are, and says whether the operator's limit allows as many.
 *
 * @param people whom the set deletes or suspends: a text for each person, the same in all sets, at plan and
 *   at apply
 * @param isAllOrNothing whether nothing is counted if the limit would be exceeded
 * @returns why so many are not allowed; `undefined` if they are
 */
export type RunCount = (people: readonly string[], isAllOrNothing: boolean) => Message | undefined;
