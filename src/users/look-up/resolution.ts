import type { DirectoryFailure, DirectoryUser } from "../directory";

/** Who an id names, as far as the directory could tell. */
export type Resolution =
  | Found
  /** The directory has no such user. */
  | { readonly kind: "absent" }
  /** More than one user; nobody can say which of them a deletion by this id would take. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  /** The directory did not say, or contradicted itself. Counts as still there. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure };

/** One user. */
export interface Found {
  readonly kind: "found";
  readonly userId: string;
  /** All that is shown; to be looked at, not to be kept for all users of a set, who may be 100,000. */
  readonly user: DirectoryUser;
}

/** An id that names this user. */
export function found(user: DirectoryUser): Found {
  return { kind: "found", userId: user.userId, user };
}

/** An id that could not be decided, for a reason found here rather than told by the directory. */
export function undecided(message: string): Extract<Resolution, { readonly kind: "undecided" }> {
  return { kind: "undecided", failure: { message, reach: "call", effect: "none", transient: false } };
}

/** What was answered for an id; an id that nobody looked up is undecided. */
export function resolutionOf(id: string, resolutions: ReadonlyMap<string, Resolution>): Resolution {
  return resolutions.get(id) ?? undecided("The id was not looked up.");
}
