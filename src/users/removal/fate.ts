import type { DirectoryFailure, DirectoryUser } from "../directory";
import type { ProtectedMatch } from "./protected-users";

/** What becomes of an id that left a user set. */
export type Fate =
  /** The user is deleted. */
  | ({ readonly kind: "delete" } & DeletedUser)
  /** Nobody is left to delete. */
  | { readonly kind: "gone" }
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
  /**
   * The same change adds an id with the same label that is not in the pool: a rename that reached the file
   * first.
   */
  | { readonly kind: "renamed"; readonly to: string }
  /** The plan said that the id is kept; what speaks for a deletion came up after it, and nobody has reviewed that. */
  | { readonly kind: "kept_by_plan" }
  /** The id names nobody any more, but the user whom it named is still in the pool under another id. */
  | { readonly kind: "moved"; readonly user: DirectoryUser };

/** A removed id and what becomes of it. */
export interface Removal {
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  readonly fate: Fate;
}

/** A removal whose fate is of one kind. */
export type RemovalOf<K extends Fate["kind"]> = Omit<Removal, "fate"> & {
  readonly fate: Extract<Fate, { kind: K }>;
};

/** The removals of one kind of fate, in their order. */
export function removalsOf<K extends Fate["kind"]>(removals: readonly Removal[], kind: K): RemovalOf<K>[] {
  return removals.filter((removal): removal is RemovalOf<K> => removal.fate.kind === kind);
}
