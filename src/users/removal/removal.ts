import type { DirectoryFailure, DirectoryUser } from "../directory";
import type { ProtectedMatch } from "./protection";

/** An id that leaves a user set, and what becomes of its user. */
export interface Removal {
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  readonly outcome: RemovalOutcome;
}

/** What becomes of an id that leaves a user set. */
export type RemovalOutcome =
  /** The user is deleted. */
  | ({ readonly kind: "delete" } & DeletedUser)
  /** The user was in the pool while the id was declared, and is gone already. */
  | { readonly kind: "gone" }
  /** No look-up of this set ever found the id, nor does this one. */
  | { readonly kind: "never_found" }
  /** Nobody is deleted, because nobody has reviewed it: the id stays in the set, and the run fails. */
  | { readonly kind: "unreviewed"; readonly why: UnreviewedReason }
  /** The directory could not say who the id names: it stays in the set, for the next apply to decide. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure }
  /** The id leaves the set, and its user stays in the pool. */
  | { readonly kind: "kept"; readonly reason: KeepReason };

/** Who is deleted. Not the whole record: a change may remove 100,000 users, and lasts for minutes then. */
export interface DeletedUser {
  /** The system user id. */
  readonly userId: string;
  /** What the pool calls the user by: the name, or else the user name. Absent where it has neither. */
  readonly name?: string;
}

/**
 * Why a deletion counts as unreviewed: `never_seen`, no look-up found the id while this set declared it, so nobody knows
 * whom it meant; `not_planned`, the plan said that this id deletes nobody.
 */
export type UnreviewedReason = "never_seen" | "not_planned";

/** Why a user stays in the pool although the id left the set. */
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
  /** The same change adds an id with the same label that is not in the pool: a rename that reached the file first. */
  | { readonly kind: "renamed"; readonly to: string }
  /** The id names nobody any more, but the user whom it named is still in the pool under another id. */
  | { readonly kind: "moved"; readonly user: DirectoryUser };

/** A removal whose outcome is of one kind. */
export type RemovalOf<K extends RemovalOutcome["kind"]> = Omit<Removal, "outcome"> & {
  readonly outcome: Extract<RemovalOutcome, { kind: K }>;
};

/** The removals with one kind of outcome, in their order. */
export function removalsOf<K extends RemovalOutcome["kind"]>(
  removals: readonly Removal[],
  kind: K,
): RemovalOf<K>[] {
  return removals.filter((removal): removal is RemovalOf<K> => removal.outcome.kind === kind);
}

/** Whether the user may be deleted by the change: certainly, or because nobody could say who the id names. */
export function mayDelete({ outcome }: Removal): boolean {
  return outcome.kind === "delete" || outcome.kind === "undecided";
}
