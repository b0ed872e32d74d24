import type { DirectoryFailure, DirectoryUser } from "../directory";

/** Who an id names, as far as the directory could tell. */
export type Resolution =
  | { readonly kind: "found"; readonly user: DirectoryUser }
  /** The directory has no such user. */
  | { readonly kind: "absent" }
  /** More than one user; nobody can say which of them a deletion by this id would take. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  /** The directory did not say, or contradicted itself. Counts as still there. */
  | { readonly kind: "undecided"; readonly failure: DirectoryFailure };

/** A resolution without the user's record: all that anybody asks of a whole set, which may hold 100,000 users. */
export type BriefResolution =
  Exclude<Resolution, { readonly kind: "found" }> | { readonly kind: "found"; readonly userId: string };

/** An id that could not be decided, for a reason found here rather than told by the directory. */
export function undecided(message: string): Extract<Resolution, { readonly kind: "undecided" }> {
  return { kind: "undecided", failure: { message, reach: "call", effect: "none", transient: false } };
}

/** What was answered for an id; an id that nobody looked up is undecided. */
export function resolutionOf(id: string, resolutions: ReadonlyMap<string, Resolution>): Resolution {
  return resolutions.get(id) ?? undecided("The id was not looked up.");
}
