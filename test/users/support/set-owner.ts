import {
  boundIdsToLookUp,
  compare,
  decideRemovals,
  deleteUsers,
  ProtectedUsers,
  type Removal,
  type Survivor,
  type UserDirectory,
  UserIdType,
  UserLookUps,
} from "../../../src/users";

/** What is kept between applies. */
export interface OwnedSet {
  readonly users: ReadonlyMap<string, string>;
  readonly bindings: ReadonlyMap<string, string>;
}

/** What an apply is given. */
export interface Change {
  readonly type: UserIdType;
  readonly declared: ReadonlyMap<string, string>;
  readonly retained: readonly string[];
  readonly protectedIds: ReadonlyMap<UserIdType, readonly string[]>;
  readonly stop?: AbortSignal;
}

/** What an apply came to. */
export interface Applied {
  readonly set: OwnedSet;
  readonly removals: readonly Removal[];
  readonly gone: readonly string[];
  readonly survivors: readonly Survivor[];
}

/** The least that owns a user set and applies changes to it: the domain, one step after the other, and nothing else. */
export async function apply(directory: UserDirectory, before: OwnedSet, change: Change): Promise<Applied> {
  const { type, declared, stop } = change;
  const options = stop ? { stop } : {};
  const { removed, added } = compare(before.users, declared);
  const lookUps = new UserLookUps(directory);
  const resolutions = await lookUps.resolve([...removed.keys(), ...added.keys()], type, options);
  const bound = boundIdsToLookUp(removed.keys(), type, before.bindings, resolutions);
  const removals = decideRemovals({
    type,
    removed,
    declared,
    added: added.keys(),
    retained: change.retained,
    protectedUsers: ProtectedUsers.of(change.protectedIds),
    bindings: before.bindings,
    resolutions,
    boundUsers: await lookUps.resolve(bound, UserIdType.USER_ID, options),
  });
  const { gone, survivors } = await deleteUsers({
    directory,
    type,
    users: removals.flatMap(({ id, label, fate }) =>
      fate.kind === "delete" ? [{ id, label, userId: fate.userId }] : [],
    ),
    maxAttempts: 3,
    confirmWithinMs: 1_000,
    sleep: () => Promise.resolve(),
    ...options,
  });
  const staying = [...survivors, ...removals.filter(({ fate }) => fate.kind === "undecided")];
  const users = new Map([...declared, ...staying.map(({ id, label }): [string, string] => [id, label])]);
  const bindings = new Map<string, string>();
  for (const id of users.keys()) {
    const resolution = resolutions.get(id);
    const userId = before.bindings.get(id) ?? (resolution?.kind === "found" ? resolution.userId : undefined);
    if (userId !== undefined) bindings.set(id, userId);
  }
  return { set: { users, bindings }, removals, gone, survivors };
}
