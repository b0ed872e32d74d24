import { allowedBy, deletedBy, type Change, type ExpectedOutcome, type HeldSet } from "./expected-outcomes";

/** Pool and state at one time. */
export interface Seen {
  /** The system ids of all users, in the order of the pool. */
  readonly pool: readonly string[];
  /** The sets in the state; undefined for a set that is not there. */
  readonly sets: readonly (Pick<HeldSet, "type" | "users" | "pending"> | undefined)[];
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
 * Checks the promises that hold even for a disturbed run: nobody is deleted wrongly, and nobody is forgotten.
 *
 * @param reported the ids that the run reports as kept; undefined if it was killed before it could report any
 * @returns a description of each broken promise
 */
export function brokenByRun(
  { pool, sets }: Seen,
  { changes, outcomes, pool: before }: Expected,
  reported: ReadonlySet<string> | undefined,
): string[] {
  const there = new Set(pool);
  const allowed = allowedBy(outcomes);
  const wrong = before.filter((userId) => !there.has(userId) && !allowed.has(userId));
  const forgotten = outcomes.flatMap((its, index) =>
    [...its].filter(([id, outcome]) => {
      if (sets[index]?.users.has(id)) return false;
      if (outcome === "kept" || outcome === "unreviewed") {
        // The other set may delete the same user, under an id of another type. Here the user is then reported as gone.
        const bound = changes[index]?.held?.bound.get(id);
        const isDeletedThere = bound !== undefined && allowed.has(bound);
        return reported !== undefined && !reported.has(id) && !isDeletedThere;
      }
      if (typeof outcome !== "object") return false;
      if ("mayDelete" in outcome) return there.has(outcome.mayDelete) && reported?.has(id) === false;
      return there.has(outcome.delete);
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

function shown({ type, users }: Pick<HeldSet, "type" | "users">): unknown[] {
  return [type, ...[...users].sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** Whether an undisturbed run may fail, because of an unreviewed deletion. */
export function mayFail({ outcomes }: Expected): boolean {
  return outcomes.some((its) =>
    [...its.values()].some(
      (outcome) => outcome === "unreviewed" || (typeof outcome === "object" && "mayDelete" in outcome),
    ),
  );
}
