import { deletedBy, type Change, type Fate, type HeldSet } from "./fates";

/** Pool and state at one moment. */
export interface Seen {
  /** The system ids of all users, in the order of the pool. */
  readonly pool: readonly string[];
  /** Set by set; undefined where the state holds no such set. */
  readonly sets: readonly (Pick<HeldSet, "type" | "users"> | undefined)[];
}

/** What must come of a step. */
export interface Expected {
  readonly changes: readonly Change[];
  /** Of those who leave, set by set. */
  readonly fates: readonly ReadonlyMap<string, Fate>[];
  /** The pool before. */
  readonly pool: readonly string[];
}

/**
 * What a run broke, however it was disturbed: whom it deleted, and whom it forgot.
 *
 * @param said the ids that it says it kept; undefined where it could say nothing, because it was killed
 */
export function brokenByRun(
  { pool, sets }: Seen,
  { fates, pool: before }: Expected,
  said: ReadonlySet<string> | undefined,
): string[] {
  const there = new Set(pool);
  const allowed = deletedBy(fates);
  const wrong = before.filter((userId) => !there.has(userId) && !allowed.has(userId));
  const forgotten = fates.flatMap((its, index) =>
    [...its].filter(([id, fate]) => {
      if (sets[index]?.users.has(id)) return false;
      if (fate === "kept" || fate === "unreviewed") return said !== undefined && !said.has(id);
      return typeof fate === "object" && there.has(fate.delete);
    }),
  );
  return [
    ...wrong.map((userId) => `${userId} must stay and was deleted`),
    ...forgotten.map(
      ([id, fate]) =>
        `${id} left the state without a word; ${typeof fate === "string" ? "it is kept" : "its user is in the pool"}`,
    ),
  ];
}

/** How the end of an undisturbed run differs from what it must be. */
export function brokenAtEnd({ pool, sets }: Seen, { changes, fates, pool: before }: Expected): string[] {
  const deleted = deletedBy(fates);
  const left = before.filter((userId) => !deleted.has(userId));
  const mayStay = (index: number, id: string): boolean => fates[index]?.get(id) === "unreviewed";
  const held = JSON.stringify(
    sets.map((set, index) => {
      const users = [...(set?.users ?? [])].filter(([id]) => !mayStay(index, id));
      return set && shown({ type: set.type, users: new Map(users) });
    }),
  );
  const declared = JSON.stringify(changes.map((change) => shown(change.declared)));
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

/** Whether an undisturbed run may fail, because somebody stays whose deletion nobody has reviewed. */
export function mayFail({ fates }: Expected): boolean {
  return fates.some((its) => [...its.values()].includes("unreviewed"));
}
