import type { DirectoryFailure, DirectoryUser } from "../directory";

/** The user that an id names, as far as the directory could tell. */
export type Resolution =
  | Found
  /** The directory has no such user. */
  | { readonly kind: "absent" }
  /** More than one user; it is not known which of them a deletion by this id would delete. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  | Undecided;

/** The directory did not say, or contradicted itself. Counts as still there. */
export interface Undecided {
  readonly kind: "undecided";
  readonly failure: DirectoryFailure;
}

/** One user. */
export interface Found {
  readonly kind: "found";
  readonly userId: string;
  /** The whole user. Do not keep it for all users of a set, which may be 100,000. */
  readonly user: DirectoryUser;
}

export function found(user: DirectoryUser): Found {
  return { kind: "found", userId: user.userId, user };
}

/** An undecided id, for a reason that this program found and not the directory. */
export function undecided(message: string): Undecided {
  return { kind: "undecided", failure: { message, reach: "call", effect: "none", transient: false } };
}

/** The resolution of an id; an id that was not looked up is undecided. */
export function resolutionOf(id: string, resolutions: ReadonlyMap<string, Resolution>): Resolution {
  return resolutions.get(id) ?? undecided("The id was not looked up.");
}

/** The system user ids of the users that an id names. */
export function userIdsOf(resolution: Resolution): string[] {
  if (resolution.kind === "found") return [resolution.userId];
  return resolution.kind === "several" ? resolution.users.map(({ userId }) => userId) : [];
}

/** Why look-ups have not decided who ids name, by id. */
export function failuresOf(resolutions: ReadonlyMap<string, Resolution>): Map<string, DirectoryFailure> {
  return new Map(
    [...resolutions].flatMap(([id, found]): [string, DirectoryFailure][] =>
      found.kind === "undecided" ? [[id, found.failure]] : [],
    ),
  );
}

/**
 * Finds a failure that affects all ids, so that nothing can be told of any of them. A failure of some ids
 * must not block the others.
 *
 * @param asked how many ids were looked up; absent if the failures of all of them do not block either
 */
export function findOutage(
  failures: readonly DirectoryFailure[],
  asked?: number,
): DirectoryFailure | undefined {
  const outage = failures.find(({ transient, reach }) => transient || reach === "every_call");
  return outage ?? (failures.length === asked ? failures[0] : undefined);
}
