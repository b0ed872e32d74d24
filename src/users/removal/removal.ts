import type { DirectoryFailure, DirectoryUser } from "../directory";
import type { StatusMark } from "../status";
import type { ProtectedMatch } from "./protection";

/** An id that was removed from a user set, and the outcome for its user. */
export interface Removal {
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  readonly outcome: RemovalOutcome;
}

/** The outcome of a removal. */
export type RemovalOutcome =
  /** The user is deleted. */
  | ({ readonly kind: "delete" } & DeletedUser)
  /** The user was in the pool while the id was declared, and is gone already. */
  | { readonly kind: "gone" }
  /** No look-up of this set ever found the id, nor does this one. */
  | { readonly kind: "never_found" }
  /** Nobody is deleted, because nobody has reviewed the deletion. The id stays in the set, and the run fails. */
  | { readonly kind: "unreviewed"; readonly why: UnreviewedReason }
  /** The directory could not tell which user the id names. The id stays in the set, and the next apply decides. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure }
  /** The id leaves the set, and its user stays in the pool. */
  | { readonly kind: "kept"; readonly reason: KeepReason };

/** The user to delete. Not all fields of the user, to save memory: a change may remove 100,000 users. */
export interface DeletedUser {
  /** The system user id. */
  readonly userId: string;
  /** The user's name in the pool, or else the user name. Absent if the user has neither. */
  readonly name?: string;
  /** The status that a suspended user must still have right before the call. */
  readonly heldStatus?: StatusMark;
}

/**
 * Why a deletion counts as unreviewed. `never_seen`: no look-up found the id while this set declared it, so its user is not
 * known. `shared_label`: the same change adds an id with the same label that is not in the pool, and several users share the label,
 * so nobody knows who of them is renamed. `not_planned`: in the plan, this id deletes nobody.
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

/** A removal with one kind of outcome. */
export type RemovalOf<K extends RemovalOutcome["kind"]> = Omit<Removal, "outcome"> & {
  readonly outcome: Extract<RemovalOutcome, { kind: K }>;
};

/** Selects the removals with one kind of outcome, in their order. */
export function removalsOf<K extends RemovalOutcome["kind"]>(
  removals: readonly Removal[],
  kind: K,
): RemovalOf<K>[] {
  return removals.filter((removal): removal is RemovalOf<K> => removal.outcome.kind === kind);
}

/** Whether the change may delete the user: certainly, or because the look-up failed. */
export function mayDelete({ outcome }: Removal): boolean {
  return outcome.kind === "delete" || outcome.kind === "undecided";
}
