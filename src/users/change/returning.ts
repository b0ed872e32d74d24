import { IdIndex } from "../ids/id-index";
import { userIdKey } from "../ids/id-types";
import type { SetChange } from "./decide";
import type { Fate, Leaver } from "./fate";

/** Somebody whom a set suspended, or may have suspended, and who is declared again. */
export interface ReturningUser {
  /** The id by which the set suspended the user. */
  readonly id: string;
  /** The system user id. */
  readonly userId: string;
  /** What the change does to the user; absent if it does nothing, because the user is certainly not suspended. */
  readonly fate?: Fate;
}

/**
 * Finds those of whom a plan says whether they are reactivated. The engine refuses an apply that would name others than its plan, so they follow
 * from the state and the configuration alone: whoever is declared by the same id, is bound to a declared id, or was locked out at the last
 * refresh. Only those who are declared under another id since then follow from their look-up.
 *
 * @param leavers those who left before, as the change decides about them
 * @param approved whom the approved plan names, if the engine hands that on
 */
export function findReturning(
  {
    type,
    declared,
    bindings = new Map<string, string>(),
    waiting = [],
    attempts = new Map(),
    ...change
  }: SetChange,
  leavers: readonly Leaver[],
  approved: readonly string[] = [],
): ReturningUser[] {
  const suspended = [
    ...waiting.filter(({ id }) => !change.difference?.removed.has(id)),
    ...[...attempts].map(([id, { userId }]) => ({ id, userId })),
  ];
  if (suspended.length === 0) return [];
  const names = new IdIndex(declared.keys(), type);
  const bound = new Set(
    [...bindings].flatMap(([id, userId]) => (declared.has(id) ? [userIdKey(userId)] : [])),
  );
  const named = new Set([...(change.lastLockedOut ?? []), ...approved]);
  const fates = new Map(leavers.map((leaver) => [keyOf(leaver.id, userIdOf(leaver)), leaver.fate]));
  return suspended.flatMap(({ id, userId }) => {
    const fate = fates.get(keyOf(id, userId));
    const isReturning =
      fate?.kind === "reactivate" ||
      named.has(id) ||
      names.matchId(id) !== undefined ||
      bound.has(userIdKey(userId));
    return isReturning ? [{ id, userId, ...(fate && { fate }) }] : [];
  });
}

/**
 * Whether the change reactivates the user: certainly, or perhaps.
 *
 * @param changesWaiting whether it may change anything for those whom the set suspended
 */
export function mayReactivate({ fate }: Pick<ReturningUser, "fate">, changesWaiting: boolean): boolean {
  if (fate?.kind === "reactivate") return true;
  if (fate?.kind !== "wait" || !fate.why || !changesWaiting) return false;
  // The look-ups at apply may show the user, as suspended.
  return fate.why.kind === "unconfirmed" || (fate.why.kind === "undecided" && fate.why.isDeclared === true);
}

function userIdOf({ waiting, attempt }: Leaver): string {
  return (waiting ?? attempt)?.userId ?? "";
}

function keyOf(id: string, userId: string): string {
  return `${id}\0${userIdKey(userId)}`;
}
