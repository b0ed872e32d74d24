import type { Survival, Survivor } from "../calls/call-run";
import type { DirectoryFailure, DirectoryUser } from "../directory";
import type { StatusMark, SuspensionAttempt } from "../status";
import type { WaitingUser } from "../waiting-user";
import type { ProtectedMatch } from "./protection";

/** Somebody who leaves a user set with a change, or left it before and waits for the deletion. */
export interface Leaver<F extends Fate = Fate> {
  /** The id by which the set declared the user. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** What the change does to the user. */
  readonly fate: F;
  /** What the set remembers of a user who left it before; absent for one of whom it remembers nothing. */
  readonly waiting?: WaitingUser;
  /** The call that may have suspended the user, who is declared now; absent for everybody else. */
  readonly attempt?: SuspensionAttempt;
}

/** What a change does to a leaver. There is one fate a person, and plan and apply decide it in the same way. */
export type Fate =
  /** The user is deleted. */
  | ({ readonly kind: "delete" } & LeavingUser)
  /** The user is suspended, and waits for the deletion. */
  | ({ readonly kind: "suspend" } & LeavingUser)
  /** The user is declared again, and gets the status back that this set took away. */
  | { readonly kind: "reactivate"; readonly user: DirectoryUser }
  /** The id leaves the set, and its user stays in the pool. */
  | { readonly kind: "keep"; readonly reason: KeepReason }
  /** The user waits on. `why` says what a reader has to know; absent before the day. */
  | { readonly kind: "wait"; readonly why?: WaitReason }
  /** The set forgets a user who waited, and who keeps the account and the status. */
  | { readonly kind: "release"; readonly reason: ReleaseReason }
  /**
   * The user is gone already: was in the pool while the id was declared, or an earlier apply tried to delete the user, whom no look-up shows
   * any more.
   */
  | { readonly kind: "gone" }
  /** No look-up of this set ever found the id, nor does this one. */
  | { readonly kind: "never_found" }
  /** The directory could not tell which user the id names. The id stays in the set, and the next apply decides. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure }
  /** Nothing happens, because nobody has reviewed what would happen. The id stays in the set, and the run fails. */
  | { readonly kind: "unreviewed"; readonly why: UnreviewedReason };

/** A user whom a change deletes or suspends. Not all fields, to save memory: a change may remove 100,000 users. */
export interface LeavingUser {
  /** The system user id. */
  readonly userId: string;
  /** The user's name in the pool, or else the user name. Absent if the user has neither. */
  readonly name?: string;
  /** The status that the user must still have right before the call; absent if it does not matter. */
  readonly expectedStatus?: StatusMark;
}

/**
 * Why nobody has reviewed what would happen. `never_seen`: no look-up found the id while this set declared it, so its user is not known.
 * `shared_label`: the same change adds an id with the same label that is not in the pool, and several users share the label, so nobody knows
 * who of them is renamed. `not_planned`: in the plan, nothing happens to this id's user.
 */
export type UnreviewedReason = "never_seen" | "shared_label" | "not_planned";

/** Why a user stays in the pool although the id was removed from the set. */
export type KeepReason =
  /** The id is in `retained_user_ids`. */
  | { readonly kind: "retained" }
  /** The user is protected, by this id. */
  | ({ readonly kind: "protected" } & ProtectedMatch)
  /** The set still declares the user, by this id. */
  | { readonly kind: "declared_as"; readonly id: string }
  /** The id named the user `boundTo` while it was declared, and names another one now. */
  | { readonly kind: "rebound"; readonly boundTo: string; readonly user: DirectoryUser }
  /** The id names several users. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  /**
   * The same change adds an id with the same label that is not in the pool, and nobody else in the set has this label: a rename
   * that reached the file first.
   */
  | { readonly kind: "renamed"; readonly to: string }
  /** The id no longer names a user, but its former user is still in the pool under another id. */
  | { readonly kind: "moved"; readonly user: DirectoryUser };

/** Why a user waits on although something has happened. */
export type WaitReason =
  /** No look-up shows the user. That alone does not mean that the user is gone. */
  | { readonly kind: "absent"; readonly isDeclared?: boolean }
  /** `isDeclared`: the id is declared again, so the user would be reactivated. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure; readonly isDeclared?: boolean }
  /** Look-ups show the user without a status, so nobody knows whether somebody has changed it. */
  | { readonly kind: "no_status"; readonly isDeclared?: boolean }
  /** Declared and suspended, perhaps by this set; nothing proves it. */
  | { readonly kind: "perhaps_ours"; readonly status: string }
  /** Declared again, and the plan does not reactivate the user. */
  | { readonly kind: "not_planned" }
  /** Declared again and active, but an earlier call may have suspended the user, and look-ups may be late. */
  | { readonly kind: "unconfirmed" }
  /** Due, and not deleted: a limit or the operator holds all who are due, nobody has reviewed the deletion, or another set declares the user by now. */
  | { readonly kind: "passed_over"; readonly because: string };

/** Whether the user is declared again, and would be reactivated if a look-up answered, or showed the user or the status, or the plan said so. */
export function isReturning(why: WaitReason | undefined): boolean {
  switch (why?.kind) {
    case "not_planned":
      return true;
    case "absent":
    case "undecided":
    case "no_status":
      return why.isDeclared === true;
    default:
      return false;
  }
}

/** Why a set forgets a user who waits. */
export type ReleaseReason =
  /** The id is in `retained_user_ids`. */
  | { readonly kind: "retained" }
  | ({ readonly kind: "protected" } & ProtectedMatch)
  /** Declared again, but somebody else suspended the user. */
  | { readonly kind: "not_ours"; readonly status: string }
  /** The id is declared again for a new account of somebody else. */
  | { readonly kind: "new_account" }
  /** Somebody changed the status since. */
  | { readonly kind: "status_changed"; readonly status: string; readonly declared: boolean }
  /** The id names somebody else now, or the user has another id. `user` is whom the id names, or else who has another id. */
  | { readonly kind: "id_changed"; readonly user: DirectoryUser }
  /** The state does not say whom the id named. */
  | { readonly kind: "lost" };

/** Selects the leavers with one kind of fate, in their order. */
export function leaversWith<K extends Fate["kind"]>(
  leavers: readonly Leaver[],
  kind: K,
): Leaver<Extract<Fate, { kind: K }>>[] {
  return leavers.filter((leaver): leaver is Leaver<Extract<Fate, { kind: K }>> => leaver.fate.kind === kind);
}

/** Whether the change deletes or suspends the user: certainly, or perhaps, because the look-up failed. */
export function mayRevoke({ fate: { kind } }: Pick<Leaver, "fate">): boolean {
  return kind === "delete" || kind === "suspend" || kind === "undecided";
}

/** A leaver after the change, with the fate that the last look-up before the call left, and how it ended. */
export interface EndedLeaver extends Leaver {
  readonly ending: Ending;
}

/** How a change ended for a leaver. */
export type Ending =
  /** Confirmed absent from the pool. */
  | { readonly kind: "gone" }
  /** Confirmed suspended, or not active before. The user waits for the deletion. */
  | { readonly kind: "suspended"; readonly user: WaitingUser }
  /** The user has the status again that this set took away. `harm` says which other fields changed. */
  | { readonly kind: "reactivated"; readonly harm?: string }
  /** What was to happen has not happened, or is not confirmed. */
  | ({ readonly kind: "survivor" } & Survival)
  /** There was nothing to do. */
  | { readonly kind: "unchanged" };

/** How a change ended for everybody whom it concerns, in the order of its decision. */
export interface Endings {
  readonly leaving: readonly EndedLeaver[];
  readonly waiting: readonly EndedLeaver[];
}

/** Those whose fate did not come about, as survivors. */
export function survivorsOf(leavers: readonly EndedLeaver[]): Survivor[] {
  return leavers.flatMap(({ id, label, ending }) =>
    ending.kind === "survivor" ? [{ id, label, ...ending }] : [],
  );
}

/**
 * The values in the attributes `removals`, `suspensions` and `reactivations` for an id whose user a plan does not delete, suspend or reactivate,
 * or an apply did not. In a plan, they bind the apply; a report reads them.
 */
export const NOT_DONE = {
  delete: "not deleted",
  suspend: "not suspended",
  reactivate: "not reactivated",
} as const;
