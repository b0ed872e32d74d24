import type { PlannedChange } from "./planned-change";

/**
 * Finds the suspended users of a set whose day had come when the plan was made, and who are not deleted by
 * it: a limit or the operator holds them, or the look-ups do not find them.
 *
 * @param plannedAt when the plan was made; absent: not known, so nobody is found
 * @returns each id, and the day of the deletion
 */
export function findOverdue(
  { prior, planned }: PlannedChange,
  plannedAt: string | undefined,
): (readonly [id: string, day: string])[] {
  if (!prior || plannedAt === undefined) return [];
  const now = Date.parse(plannedAt);
  const isKept = (id: string): boolean =>
    planned?.fates.get(id) !== "deleted" && planned?.users.has(id) !== true;
  return [...prior.suspended].filter(([id, day]) => Date.parse(day) <= now && isKept(id));
}
