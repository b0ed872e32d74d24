/** A user set before a run. */
export interface HeldSet {
  readonly type: string;
  /** id -> label */
  readonly users: ReadonlyMap<string, string>;
  /** The bindings: system user ids by id. Empty for the null resource. */
  readonly bound: ReadonlyMap<string, string>;
  /** Ids that a change added while others, which it removed, stayed in the set: each may be the new id of one of those. */
  readonly newcomers?: ReadonlySet<string>;
  /** Removed ids that stayed in the set, by its state; absent if there are none. */
  readonly pending?: ReadonlySet<string> | undefined;
}

/** The declaration of a set. */
export interface DeclaredSet {
  readonly type: string;
  /** id -> label */
  readonly users: ReadonlyMap<string, string>;
  readonly retained: readonly string[];
}

/** A set before a run, if it existed, and its declaration. */
export interface Change {
  readonly held: HeldSet | undefined;
  readonly declared: DeclaredSet;
}

/** Queries the user pool: the system user ids of all users that an id names. */
export type Named = (id: string, type: string) => readonly string[];

/**
 * The expected outcome of a removed id: its user is deleted, is already gone, or is kept. `unreviewed`: the id names
 * several users, and a deletion of another set in the same run makes it name one. Depending on which comes first, its user is
 * kept, or the id stays in the set and the run fails. Or its label may speak for a rename, and several users share the label: the
 * id stays.
 */
export type ExpectedOutcome =
  | { readonly delete: string }
  /** As `unreviewed`, but the plan shows the deletion: the user is deleted if the other set comes first. */
  | { readonly mayDelete: string }
  | "gone"
  | "kept"
  | "unreviewed";

/**
 * Derives the expected outcomes of an undisturbed run from the promises alone: a removed user is deleted unless a set declares
 * or retains the user, the user is protected, or it is not certain whom the id names.
 *
 * @param changes all sets of the stack
 * @param isProtected whether a system user id is protected in addition
 * @param isStack whether the construct protects the users of all sets
 * @returns for each change, the outcome of every removed id
 */
export function expectOutcomes(
  changes: readonly Change[],
  named: Named,
  isProtected: (userId: string) => boolean = () => false,
  isStack = true,
): Map<string, ExpectedOutcome>[] {
  const staying = usersWhoStay(changes, named, isStack);
  const outcomes = changes.map((change, index) =>
    expectOutcomesOfChange(
      change,
      named,
      (userId) => staying[index]?.has(userId) === true || isProtected(userId),
    ),
  );
  const deleted = deletedBy(outcomes);
  for (const [index, { held }] of changes.entries()) {
    for (const [id, outcome] of outcomes[index] ?? []) {
      if (!held || outcome !== "kept") continue;
      const users = named(id, held.type);
      const [left, another] = users.filter((userId) => !deleted.has(userId));
      if (another !== undefined) continue;
      // Other sets delete all of them. If they come first, there is nobody left to keep.
      if (left === undefined) {
        if (users.length > 0) outcomes[index]?.set(id, "gone");
        continue;
      }
      if (users.length > 1 && (held.bound.get(id) ?? left) === left) outcomes[index]?.set(id, "unreviewed");
    }
  }
  return outcomes;
}

/** For each set, the users that it declares or retains; in a stack, those of all sets. */
function usersWhoStay(changes: readonly Change[], named: Named, isStack: boolean): ReadonlySet<string>[] {
  const ofSets = changes.map(({ declared: { type, users, retained } }) =>
    [...users.keys(), ...retained].flatMap((id) => named(id, type)),
  );
  return ofSets.map((its) => new Set(isStack ? ofSets.flat() : its));
}

/** The ids of a list of survivors, as `pending` of a set. */
export function pendingIn(survivors: readonly string[] = []): HeldSet["pending"] {
  return survivors.length === 0 ? undefined : new Set(survivors);
}

/** Begins the error of a refused change of the id type while removals are still to be done. */
export const LOSES_REMOVALS = "Replacing this set would lose";

/**
 * Whether a change of the id type of a set is refused, because the set that takes its place deletes nobody: `always` while a user leaves the set
 * who would be deleted otherwise; `perhaps` while a removal of an earlier run is still to be done, whose user may be protected or gone by now.
 * Takes what `expectOutcomes` takes.
 */
export function refusesTypeChange(
  changes: readonly Change[],
  named: Named,
  isProtected: (userId: string) => boolean = () => false,
  isStack = true,
): "always" | "perhaps" | undefined {
  const staying = usersWhoStay(changes, named, isStack);
  const releases = changes.some(({ held, declared }, index) => {
    if (!held || held.type === declared.type) return false;
    return [...held.users.keys()].some((id) => {
      const first = held.bound.get(id);
      const users = named(id, held.type);
      const isCertain = first !== undefined && users.length === 1 && users[0] === first;
      return isCertain && !staying[index]?.has(first) && !isProtected(first);
    });
  });
  if (releases) return "always";
  const isPending = changes.some(({ held, declared }) => held?.type !== declared.type && held?.pending);
  return isPending ? "perhaps" : undefined;
}

function expectOutcomesOfChange(
  { held, declared }: Change,
  named: Named,
  isKept: (userId: string) => boolean,
): Map<string, ExpectedOutcome> {
  const outcomes = new Map<string, ExpectedOutcome>();
  // With another id type, the set is replaced, and releasing the old one deletes nobody.
  if (!held || held.type !== declared.type) return outcomes;
  const { type, users, bound } = held;
  const staying = [...users.keys()].filter((id) => declared.users.has(id));
  const boundToStaying = new Set(staying.map((id) => bound.get(id)));
  const newcomers = [...declared.users].filter(
    ([id]) => (!users.has(id) || held.newcomers?.has(id)) && named(id, type).length === 0,
  );
  for (const [id, label] of users) {
    if (declared.users.has(id)) continue;
    const [user, another] = named(id, type);
    const first = bound.get(id);
    if (user === undefined) {
      outcomes.set(id, first !== undefined && named(first, "user_id").length > 0 ? "kept" : "gone");
      continue;
    }
    const certain = another === undefined && (first === undefined || first === user);
    const isAlike = (its: string): boolean => label.trim() !== "" && its.trim() === label.trim();
    const isRename = newcomers.some(([, its]) => isAlike(its));
    const isShared = [[...users].filter(([its]) => !declared.users.has(its)), [...declared.users]].some(
      (side) => side.filter(([, its]) => isAlike(its)).length > 1,
    );
    if (!certain || isKept(user) || boundToStaying.has(user)) outcomes.set(id, "kept");
    else if (isRename) outcomes.set(id, isShared ? "unreviewed" : "kept");
    else outcomes.set(id, { delete: user });
  }
  return outcomes;
}

/**
 * The expected outcomes if the pool changes between a saved plan and its apply: a user is deleted only if both the pool at plan
 * and the pool at apply permit it. An id that comes to name a user whom another set deletes is unreviewed, or gone, depending on
 * which set comes first; here it counts as gone, which promises nothing.
 */
export function combineOutcomes(
  planned: readonly ReadonlyMap<string, ExpectedOutcome>[],
  applied: readonly ReadonlyMap<string, ExpectedOutcome>[],
): Map<string, ExpectedOutcome>[] {
  const combined = planned.map((its, index) => {
    const both = new Map<string, ExpectedOutcome>();
    for (const [id, outcome] of its) {
      const later = applied[index]?.get(id) ?? outcome;
      both.set(id, combine(outcome, later));
    }
    return both;
  });
  const deleted = deletedBy(combined);
  for (const [index, its] of combined.entries()) {
    for (const [id, outcome] of its) {
      const later = applied[index]?.get(id);
      const user = deletedIn(later);
      if (outcome === "unreviewed" && user !== undefined && deleted.has(user)) its.set(id, "gone");
    }
  }
  return combined;
}

function combine(planned: ExpectedOutcome, applied: ExpectedOutcome): ExpectedOutcome {
  const user = deletedIn(planned);
  if (applied === "unreviewed" && user !== undefined) return { mayDelete: user };
  const later = deletedIn(applied);
  return later === undefined || later === user ? applied : "unreviewed";
}

function deletedIn(outcome: ExpectedOutcome | undefined): string | undefined {
  return typeof outcome === "object" && "delete" in outcome ? outcome.delete : undefined;
}

/**
 * Whether sets contradict each other: one deletes a user that another declares or retains. In a stack of the construct this
 * happens only if the user no longer has the declared id, which `protected_users` then does not recognize.
 */
export function contradict(
  changes: readonly Change[],
  outcomes: readonly ReadonlyMap<string, ExpectedOutcome>[],
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
    const deleted = deletedBy(outcomes.slice(index, index + 1));
    if (deleted.size === 0) return false;
    return changes.some(({ held, declared }, at) => {
      if (at === index) return false;
      const isReplaced = held !== undefined && held.type !== declared.type;
      const staying = new Map(
        [...(isReplaced ? [] : (held?.bound ?? []))].filter(
          ([id]) => declared.users.has(id) || declared.retained.includes(id),
        ),
      );
      const theirs = usersOf([...declared.users.keys(), ...declared.retained], declared.type, staying);
      return [...deleted].some((userId) => theirs.has(userId));
    });
  });
}

/** The system user ids of all users that the outcomes delete. */
export function deletedBy(outcomes: readonly ReadonlyMap<string, ExpectedOutcome>[]): Set<string> {
  const users = outcomes.flatMap((its) => [...its.values()].map(deletedIn));
  return new Set(users.filter((userId) => userId !== undefined));
}

/** The system user ids of all users that the outcomes delete, or may delete. */
export function allowedBy(outcomes: readonly ReadonlyMap<string, ExpectedOutcome>[]): Set<string> {
  const optional = outcomes.flatMap((its) =>
    [...its.values()].flatMap((outcome) =>
      typeof outcome === "object" && "mayDelete" in outcome ? [outcome.mayDelete] : [],
    ),
  );
  return new Set([...deletedBy(outcomes), ...optional]);
}

/**
 * Binds ids that were never found to the users that they name now, as a refresh does.
 */
export function bindIds({ users, bound, ...set }: HeldSet, named: Named): HeldSet {
  const { type } = set;
  const now = new Map(bound);
  for (const id of users.keys()) {
    const [user, another] = named(id, type);
    if (user !== undefined && another === undefined && !now.has(id)) now.set(id, user);
  }
  return { ...set, users, bound: now };
}

/** The set as an apply stores it after a plan in this pool: a declared id that names somebody else by then belongs to that user. */
export function acceptRebound({ held, declared }: Change, named: Named): HeldSet | undefined {
  if (held?.type !== declared.type) return held;
  const passedOn = [...held.bound.keys()].flatMap((id): [string, string][] => {
    const [user, another] = named(id, held.type);
    const isAccepted = declared.users.has(id) && held.pending?.has(id) !== true && another === undefined;
    return isAccepted && user !== undefined ? [[id, user]] : [];
  });
  return { ...held, bound: new Map([...held.bound, ...passedOn]) };
}

/** The users whom ids name that were never found. A refresh binds them, also in a pool that is only a copy, where they may then be deleted. */
export function namedByUnbound(held: readonly (HeldSet | undefined)[], named: Named): Set<string> {
  const sets = held.flatMap((set) => (set ? [set] : []));
  return new Set(
    sets.flatMap(({ type, users, bound }) =>
      [...users.keys()].filter((id) => !bound.has(id)).flatMap((id) => named(id, type)),
    ),
  );
}

/** A set in the state, with what was bound before of the ids that are still in it. */
export function keepBound(
  set: Pick<HeldSet, "type" | "users" | "pending">,
  before: HeldSet | undefined,
): HeldSet {
  const bound = before?.type === set.type ? [...before.bound].filter(([id]) => set.users.has(id)) : [];
  return { ...set, bound: new Map(bound) };
}

/**
 * The ids that a run has added to a set in which removed ids have stayed.
 *
 * @param state the set's users in the state after the run
 */
export function newcomersAfter(
  { held, declared }: Change,
  state: ReadonlyMap<string, string>,
): Pick<HeldSet, "newcomers"> {
  const hasStayed = [...state.keys()].some((id) => !declared.users.has(id));
  if (!hasStayed || held?.type !== declared.type) return {};
  const added = [...declared.users.keys()].filter(
    (id) => !held.users.has(id) || held.newcomers?.has(id) === true,
  );
  return added.length === 0 ? {} : { newcomers: new Set(added) };
}

/**
 * The set after an undisturbed run: the declared ids, bound to the users that they name now or else named before, and the ids
 * with unreviewed deletions.
 *
 * @param state the set in the state; by default, what is declared
 */
export function setAfter(
  change: Change,
  named: Named,
  { users: state, pending }: Pick<HeldSet, "users" | "pending"> = change.declared,
): HeldSet {
  const { held, declared } = change;
  const { type, users } = declared;
  const before = held?.type === type ? held.bound : new Map<string, string>();
  const bound = new Map<string, string>();
  for (const id of state.keys()) {
    const [user, another] = named(id, type);
    // Of an id that is declared again, the next plan first says that it passed to somebody else.
    const isKnown = held?.pending?.has(id) === true && before.has(id);
    const isBoundAnew = users.has(id) && !isKnown && user !== undefined && another === undefined;
    const its = isBoundAnew ? user : before.get(id);
    if (its !== undefined) bound.set(id, its);
  }
  return { type, users: state, pending, bound, ...newcomersAfter(change, state) };
}
