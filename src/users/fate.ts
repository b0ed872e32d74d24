import type { DueUser } from "./calls/call-run";
import type { Ending, Survivor } from "./calls/ending";
import type { DirectoryUser } from "./directory";
import type { WaitingUser } from "./waiting-user";
import { type Meaning, type ProtectedMatch, type Reason, reasonRow } from "./reasons";

/** Somebody who leaves a user set with a change, or left it before and waits for the deletion. */
export interface Leaver<F extends Fate = Fate> {
  /** The id by which the set declared the user. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** What the change does to the user. */
  readonly fate: F;
  /** What the set remembers of a user who left it before; absent if it remembers nothing. */
  readonly waiting?: WaitingUser;
  /** Whether somebody who waits is declared again, or protected by the configuration. */
  readonly returns?: boolean;
}

/**
 * What a change does to a leaver. There is one fate a person, and plan and apply decide it in the same way.
 */
export type Fate =
  /** The user is deleted. */
  | ({ readonly kind: "delete" } & LeavingUser)
  /** The user is suspended, and waits for the deletion. */
  | ({ readonly kind: "suspend" } & LeavingUser)
  /**
   * The user is declared again, and gets the status back that this set took away. `protectedBy`: as only
   * `protected_users` says.
   */
  | {
      readonly kind: "reactivate";
      readonly user: DirectoryUser;
      readonly protectedBy?: ProtectedMatch | undefined;
    }
  /** No call is made for the user. The reason says what becomes of the id. */
  | { readonly kind: "no_call"; readonly reason: Reason };

/** The fate of somebody that a change certainly deletes or suspends. */
export type Revocation = Extract<Fate, { kind: "delete" | "suspend" }>;

/**
 * A user that a change deletes or suspends. Not all fields, to save memory: a change may remove 100,000
 * users.
 */
export interface LeavingUser {
  /** The system user id. */
  readonly userId: string;
  /** The user's name in the pool, or else the user name. Absent if the user has neither. */
  readonly name?: string;
  /** Whether a suspension leaves the status as it is, because the user is not active. */
  readonly isInactive?: boolean;
  /** What must still hold right before the call of somebody who waited until the day; absent for others. */
  readonly due?: DueUser;
}

/** Selects the leavers with one kind of fate, in their order. */
export function leaversWith<K extends Fate["kind"]>(
  leavers: readonly Leaver[],
  kind: K,
): Leaver<Extract<Fate, { kind: K }>>[] {
  return leavers.filter((leaver): leaver is Leaver<Extract<Fate, { kind: K }>> => leaver.fate.kind === kind);
}

/** The fate of somebody if no call is made. */
export function noCall(reason: Reason): Extract<Fate, { kind: "no_call" }> {
  return { kind: "no_call", reason };
}

/** Why no call is made for somebody; absent if one is. */
export function reasonOf({ fate }: Pick<Leaver, "fate">): Reason | undefined {
  return fate.kind === "no_call" ? fate.reason : undefined;
}

/** What it means that no call is made for somebody; nothing if one is. */
export function meaningOf({ fate }: Pick<Leaver, "fate">): Meaning {
  return fate.kind === "no_call" ? reasonRow(fate.reason) : {};
}

/** Whether the change certainly deletes or suspends the user. */
export function isRevoked<L extends Pick<Leaver, "fate">>(
  leaver: L,
): leaver is L & { readonly fate: Revocation } {
  return leaver.fate.kind === "delete" || leaver.fate.kind === "suspend";
}

/** Whether it does so certainly, or perhaps, because the look-up failed. */
export function mayRevoke(leaver: Pick<Leaver, "fate">): boolean {
  return isRevoked(leaver) || meaningOf(leaver).mayRevoke === true;
}

/** What a change does to those that it deletes or suspends, in words. */
const REVOCATIONS = {
  delete: { verb: "delete", does: "deletes", done: "deleted" },
  suspend: { verb: "suspend", does: "suspends", done: "suspended" },
  either: { verb: "delete or suspend", does: "deletes or suspends", done: "deleted or suspended" },
} as const;

/**
 * The words for what a change does to those that it deletes or suspends, or may.
 *
 * @param ifNotLookedUp what it does to those who leave and could not be looked up; of those who waited, it is
 *   always a deletion
 */
export function wordsOfRevocation(
  leavers: readonly Pick<Leaver, "fate" | "waiting">[],
  ifNotLookedUp: keyof typeof REVOCATIONS = "either",
): (typeof REVOCATIONS)[keyof typeof REVOCATIONS] {
  const kinds = new Set(
    leavers.map((leaver) => {
      if (isRevoked(leaver)) return leaver.fate.kind;
      return leaver.waiting ? "delete" : ifNotLookedUp;
    }),
  );
  const [kind = ifNotLookedUp, ...others] = kinds;
  return REVOCATIONS[others.length === 0 ? kind : "either"];
}

/** What a change does to everybody that it concerns. */
export interface DecidedFates {
  /** The removed ids, in the order of the prior set. */
  readonly leaving: readonly Leaver[];
  /** Those who left before, in their order; then those that the state remembers nothing about. */
  readonly waiting: readonly Leaver[];
  /** Declared users who are suspended, and stay so. */
  readonly lockedOut: readonly string[];
  /** Whether the look-ups can be trusted. In a wrong pool, everybody seems to be gone. */
  readonly isRightPool: boolean;
}

/** A leaver after the change, with the fate that the last look-up before the call left, and how it ended. */
export interface EndedLeaver extends Leaver {
  readonly ending: Ending;
}

/** How a change ended for everybody that it concerns, in the order of its decision. */
export interface Endings {
  readonly leaving: readonly EndedLeaver[];
  readonly waiting: readonly EndedLeaver[];
}

/** Those whose fate did not come about, as survivors. */
export function survivorsOf(leavers: readonly EndedLeaver[]): Survivor[] {
  return leavers.flatMap(({ id, label, ending }) =>
    ending.kind === "survivor" ? [{ id, label, reason: ending.reason, failure: ending.failure }] : [],
  );
}

/**
 * The values in the attributes `removals`, `suspensions` and `reactivations` for an id whose user a plan does
 * not delete, suspend or reactivate, or an apply did not. In a plan, they bind the apply; a report reads
 * them.
 */
export const NOT_DONE = {
  delete: "not deleted",
  suspend: "not suspended",
  reactivate: "not reactivated",
} as const;
