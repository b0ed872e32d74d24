/** A user set as a run finds it. */
export interface HeldSet {
  readonly type: string;
  /** id -> label */
  readonly users: ReadonlyMap<string, string>;
  /** Whom an id named when it was first seen, by system user id; empty where the carrier does not remember it. */
  readonly bound: ReadonlyMap<string, string>;
}

/** What is declared of a set. */
export interface DeclaredSet {
  readonly type: string;
  /** id -> label */
  readonly users: ReadonlyMap<string, string>;
  readonly retained: readonly string[];
}

/** A set before a run, where there was one, and what is declared of it. */
export interface Change {
  readonly held: HeldSet | undefined;
  readonly declared: DeclaredSet;
}

/** The user pool: the system ids of all whom an id names. */
export type Named = (id: string, type: string) => readonly string[];

/**
 * What must become of an id that leaves a set: it deletes a user, its user is gone, or it is kept. `unreviewed`: it was
 * never seen to name one user, and another set's deletion in the same run makes it name one; so it is kept, or stays in the
 * set and fails the run, by which of the two comes first.
 */
export type Fate = { readonly delete: string } | "gone" | "kept" | "unreviewed";

/**
 * What an undisturbed run must do, by the promises and nothing else: who leaves is deleted unless somebody declares,
 * retains or protects the user, or it is not certain who is meant.
 *
 * @param changes all sets of the stack: they protect each other
 * @param isProtected says of a system user id whether it is protected besides
 * @param isStack whether the construct protects all sets from each other
 * @returns for each change, the fate of every id that leaves
 */
export function fatesOf(
  changes: readonly Change[],
  named: Named,
  isProtected: (userId: string) => boolean = () => false,
  isStack = true,
): Map<string, Fate>[] {
  const ofTheStack = new Set(
    changes.flatMap(({ declared: { type, users, retained } }) =>
      [...users.keys(), ...retained].flatMap((id) => named(id, type)),
    ),
  );
  const ofOneSet = changes.map(
    ({ declared: { type, users, retained } }) =>
      new Set([...users.keys(), ...retained].flatMap((id) => named(id, type))),
  );
  const fates = changes.map((change, index) =>
    fatesIn(
      change,
      named,
      (userId) => (isStack ? ofTheStack : ofOneSet[index])?.has(userId) === true || isProtected(userId),
    ),
  );
  const deleted = deletedBy(fates);
  for (const [index, { held }] of changes.entries()) {
    for (const [id, fate] of fates[index] ?? []) {
      if (!held || fate !== "kept" || held.bound.has(id)) continue;
      const users = named(id, held.type);
      const left = users.filter((userId) => !deleted.has(userId));
      if (users.length > 1 && left.length === 1) fates[index]?.set(id, "unreviewed");
    }
  }
  return fates;
}

function fatesIn(
  { held, declared }: Change,
  named: Named,
  isKept: (userId: string) => boolean,
): Map<string, Fate> {
  const fates = new Map<string, Fate>();
  // Another type is another set in the place of this one: taking a set away deletes nobody.
  if (!held || held.type !== declared.type) return fates;
  const { type, users, bound } = held;
  const staying = [...users.keys()].filter((id) => declared.users.has(id));
  const boundToStaying = new Set(staying.map((id) => bound.get(id)));
  const newcomers = [...declared.users].filter(([id]) => !users.has(id) && named(id, type).length === 0);
  for (const [id, label] of users) {
    if (declared.users.has(id)) continue;
    const [user, another] = named(id, type);
    const first = bound.get(id);
    if (user === undefined) {
      fates.set(id, first !== undefined && named(first, "user_id").length > 0 ? "kept" : "gone");
      continue;
    }
    const certain = another === undefined && (first === undefined || first === user);
    const isRename = label.trim() !== "" && newcomers.some(([, its]) => its.trim() === label.trim());
    const stays = isKept(user) || boundToStaying.has(user) || isRename;
    fates.set(id, certain && !stays ? { delete: user } : "kept");
  }
  return fates;
}

/**
 * What must become of those who leave where the pool changes between a saved plan and its apply: whoever is deleted is so by
 * the pool as the plan saw it, and as the apply does.
 */
export function fatesOfBoth(
  planned: readonly ReadonlyMap<string, Fate>[],
  applied: readonly ReadonlyMap<string, Fate>[],
): Map<string, Fate>[] {
  return planned.map((its, index) => {
    const both = new Map<string, Fate>();
    for (const [id, fate] of its) {
      const later = applied[index]?.get(id) ?? fate;
      const isOther =
        typeof later === "object" && !(typeof fate === "object" && fate.delete === later.delete);
      both.set(id, isOther ? "unreviewed" : later);
    }
    return both;
  });
}

/** Whether sets that nothing protects from each other contradict: one deletes whom another declares or retains. */
export function contradict(
  changes: readonly Change[],
  fates: readonly ReadonlyMap<string, Fate>[],
  named: Named,
): boolean {
  const usersOf = (ids: Iterable<string>, type: string, bound?: ReadonlyMap<string, string>): Set<string> =>
    new Set(
      [...ids].flatMap((id) => {
        const its = bound?.get(id);
        return [...named(id, type), ...(its === undefined ? [] : [its])];
      }),
    );
  return changes.some((_change, index) => {
    const deleted = deletedBy(fates.slice(index, index + 1));
    if (deleted.size === 0) return false;
    return changes.some(({ held, declared }, at) => {
      if (at === index) return false;
      const isReplaced = held !== undefined && held.type !== declared.type;
      const staying = new Map(
        [...(isReplaced ? [] : (held?.bound ?? []))].filter(([id]) => declared.users.has(id)),
      );
      const theirs = usersOf([...declared.users.keys(), ...declared.retained], declared.type, staying);
      return [...deleted].some((userId) => theirs.has(userId));
    });
  });
}

/** The system ids of those whom the fates delete. */
export function deletedBy(fates: readonly ReadonlyMap<string, Fate>[]): Set<string> {
  return new Set(
    fates.flatMap((its) =>
      [...its.values()].flatMap((fate) => (typeof fate === "object" ? [fate.delete] : [])),
    ),
  );
}

/**
 * Whom the ids of a set mean before a run: those of an id that was never found are whom it names now.
 */
export function seen({ type, users, bound }: HeldSet, named: Named): HeldSet {
  const now = new Map(bound);
  for (const id of users.keys()) {
    const [user, another] = named(id, type);
    if (user !== undefined && another === undefined && !now.has(id)) now.set(id, user);
  }
  return { type, users, bound: now };
}

/**
 * The set after a run that nothing disturbed: what is declared, bound to whom it names now, or else named before; and
 * whoever stays because nobody has reviewed the deletion.
 *
 * @param state the set's users in the state
 */
export function setAfter(
  { held, declared: { type, users } }: Change,
  named: Named,
  state: ReadonlyMap<string, string> = users,
): HeldSet {
  const before = held?.type === type ? held.bound : new Map<string, string>();
  const bound = new Map<string, string>();
  for (const id of users.keys()) {
    const [user, another] = named(id, type);
    const its = user !== undefined && another === undefined ? user : before.get(id);
    if (its !== undefined) bound.set(id, its);
  }
  return { type, users: new Map([...state, ...users]), bound };
}
