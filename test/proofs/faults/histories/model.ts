/**
 * What must become of two sets without bindings, derived from the promises alone, and how a run differs from that.
 */

/** A user set: before a run, or as it is declared. */
export interface UserSet {
  readonly type: string;
  /** id -> label */
  readonly users: ReadonlyMap<string, string>;
}

/** The declaration of a set. */
export interface DeclaredSet extends UserSet {
  readonly retained: readonly string[];
}

/** A set before a run, if it existed, and its declaration. */
export interface Change {
  readonly held: UserSet | undefined;
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
export type ExpectedOutcome = { readonly delete: string } | "gone" | "kept" | "unreviewed";

/** Pool and state at one time. */
export interface Seen {
  /** The system ids of all users, in the order of the pool. */
  readonly pool: readonly string[];
  /** The sets in the state; undefined for a set that is not there. */
  readonly sets: readonly (UserSet | undefined)[];
}

/** The expected result of a step. */
export interface Expected {
  readonly changes: readonly Change[];
  /** The outcomes of the removed ids, for each set. */
  readonly outcomes: readonly ReadonlyMap<string, ExpectedOutcome>[];
  /** The pool before. */
  readonly pool: readonly string[];
}

/**
 * Derives the expected outcomes of an undisturbed run: a removed user is deleted unless a set declares or retains the user, or it is not
 * certain whom the id names.
 *
 * @param changes all sets of the stack
 * @returns for each change, the outcome of every removed id
 */
export function expectOutcomes(changes: readonly Change[], named: Named): Map<string, ExpectedOutcome>[] {
  const staying = new Set(
    changes.flatMap(({ declared: { type, users, retained } }) =>
      [...users.keys(), ...retained].flatMap((id) => named(id, type)),
    ),
  );
  const outcomes = changes.map((change) => expectOutcomesOfChange(change, named, staying));
  const deleted = deletedBy(outcomes);
  for (const [index, { held }] of changes.entries()) {
    for (const [id, outcome] of outcomes[index] ?? []) {
      if (!held || outcome !== "kept") continue;
      const users = named(id, held.type);
      const [left, another] = users.filter((userId) => !deleted.has(userId));
      if (another !== undefined) continue;
      // Other sets delete all of them. If they come first, there is nobody left to keep.
      if (left === undefined) outcomes[index]?.set(id, "gone");
      else if (users.length > 1) outcomes[index]?.set(id, "unreviewed");
    }
  }
  return outcomes;
}

function expectOutcomesOfChange(
  { held, declared }: Change,
  named: Named,
  staying: ReadonlySet<string>,
): Map<string, ExpectedOutcome> {
  const outcomes = new Map<string, ExpectedOutcome>();
  // With another id type, the set is replaced, and releasing the old one deletes nobody.
  if (!held || held.type !== declared.type) return outcomes;
  const { type, users } = held;
  const left = [...users].filter(([id]) => !declared.users.has(id));
  const newcomers = [...declared.users].filter(([id]) => !users.has(id) && named(id, type).length === 0);
  for (const [id, label] of left) {
    const [user, another] = named(id, type);
    const isAlike = ([, its]: readonly [string, string]): boolean =>
      label.trim() !== "" && its.trim() === label.trim();
    const isShared = [left, [...declared.users]].some((side) => side.filter(isAlike).length > 1);
    if (user === undefined) outcomes.set(id, "gone");
    else if (another !== undefined || staying.has(user)) outcomes.set(id, "kept");
    else if (newcomers.some(isAlike)) outcomes.set(id, isShared ? "unreviewed" : "kept");
    else outcomes.set(id, { delete: user });
  }
  return outcomes;
}

/** The system user ids of all users that the outcomes delete. */
function deletedBy(outcomes: readonly ReadonlyMap<string, ExpectedOutcome>[]): Set<string> {
  return new Set(
    outcomes.flatMap((its) =>
      [...its.values()].flatMap((outcome) => (typeof outcome === "object" ? [outcome.delete] : [])),
    ),
  );
}

/**
 * Checks the promises that hold even for a disturbed run: nobody is deleted wrongly, and nobody is forgotten.
 *
 * @param reported the ids that the run reports as kept; undefined if it was killed before it could report any
 * @returns a description of each broken promise
 */
export function brokenByRun(
  { pool, sets }: Seen,
  { outcomes, pool: before }: Expected,
  reported: ReadonlySet<string> | undefined,
): string[] {
  const there = new Set(pool);
  const allowed = deletedBy(outcomes);
  const wrong = before.filter((userId) => !there.has(userId) && !allowed.has(userId));
  const forgotten = outcomes.flatMap((its, index) =>
    [...its].filter(([id, outcome]) => {
      if (sets[index]?.users.has(id) || outcome === "gone") return false;
      return typeof outcome === "object" ? there.has(outcome.delete) : reported?.has(id) === false;
    }),
  );
  return [
    ...wrong.map((userId) => `${userId} must stay and was deleted`),
    ...forgotten.map(
      ([id, outcome]) =>
        `${id} left the state without a message; ${typeof outcome === "string" ? "it is kept" : "its user is in the pool"}`,
    ),
  ];
}

/** How the end of an undisturbed run differs from the expected one. */
export function brokenAtEnd({ pool, sets }: Seen, { changes, outcomes, pool: before }: Expected): string[] {
  // The engine, or the check against other sets, may refuse the whole change of a set at apply.
  const isRefused = changes.map((change, index) => {
    const [set, its] = [sets[index], [...(outcomes[index]?.values() ?? [])]];
    const isUnchanged = set && change.held && String(shown(set)) === String(shown(change.held));
    return isUnchanged === true && its.includes("unreviewed");
  });
  const deleted = deletedBy(outcomes.filter((_, index) => isRefused[index] !== true));
  const left = before.filter((userId) => !deleted.has(userId));
  const shownSets = sets.map((set, index) => {
    const users = [...(set?.users ?? [])].filter(([id]) => outcomes[index]?.get(id) !== "unreviewed");
    return set && shown({ type: set.type, users: new Map(users) });
  });
  const held = JSON.stringify(shownSets);
  const declared = JSON.stringify(
    changes.map((change, index) => (isRefused[index] === true ? shownSets[index] : shown(change.declared))),
  );
  return [
    ...(String(pool) === String(left)
      ? []
      : [`in the pool at the end: ${String(pool)}`, `in place of: ${String(left)}`]),
    ...(held === declared ? [] : [`in the state at the end: ${held}`, `in place of: ${declared}`]),
  ];
}

function shown({ type, users }: UserSet): unknown[] {
  return [type, ...[...users].sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** Whether an undisturbed run may fail, because of an unreviewed deletion. */
export function mayFail({ outcomes }: Expected): boolean {
  return outcomes.some((its) => [...its.values()].includes("unreviewed"));
}
