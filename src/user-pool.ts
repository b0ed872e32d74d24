/** Lower case only, so that no two names differ in their letter case alone. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Why a text cannot be the name of a user pool, in a sentence; `undefined` if it can. */
export function userPoolNameProblem(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  return "The name of a user pool has 1 to 63 lower-case letters, digits, hyphens, underscores and full stops, and begins with a letter or a digit.";
}

/**
 * Whether two sets or providers may be in one user pool, by the names of their pools. Without a name, it may
 * be any pool: a user who is declared there counts as declared everywhere, so that nobody is deleted for want
 * of a name.
 */
export function mayBeSamePool(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

/** The distinct names of user pools, sorted. */
export function listUserPools(sets: readonly { readonly userPoolName?: string | undefined }[]): string[] {
  return [...new Set(sets.flatMap(({ userPoolName }) => userPoolName ?? []))].sort();
}
