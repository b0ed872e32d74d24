import type { Resolution } from "../look-up/resolution";
import type { SuspensionAttempt } from "../status";
import type { WaitingUser } from "../waiting-user";
import type { SetChange } from "./set-change";
import { type EndedLeaver, type Endings, meaningOf, reasonOf } from "./fate";
import { diffUserSets } from "./leavers";
import { isLockingOut } from "./reasons";

/** What a set remembers from one run to the next beside its users, so that it knows whom it may delete. */
export interface SetMemory {
  /** Declared id -> the system user id that it named when it was first seen. Omits ids that were never found in the pool. */
  readonly bindings: ReadonlyMap<string, string>;
  /** Ids in the state's `users` that are no longer declared: the survivors of the last apply, even if gone since then. */
  readonly undeclared: ReadonlySet<string>;
  /** Ids added by the changes that left `undeclared` behind. One may be the new name of a user in `undeclared`. */
  readonly newcomers?: ReadonlySet<string>;
  /** Ids that name another user than their binding: id -> that user. The next apply accepts the new user. */
  readonly rebindings: ReadonlyMap<string, string>;
  /** The latest time on GenAuth's clock that the set has seen, in milliseconds since 1970; only of a set that suspends. */
  readonly seen?: number;
  /** The users who wait for the deletion, by id; the date is in the state. */
  readonly waiting: ReadonlyMap<string, RememberedUser>;
  /** Calls that may have suspended users, although no look-up confirmed it, by the id that was removed. */
  readonly attempts: ReadonlyMap<string, SuspensionAttempt>;
}

/** What a set remembers of a user who waits for the deletion. */
export type RememberedUser = Omit<WaitingUser, "id" | "deleteFrom">;

/** The memory of a set without a history: it binds nobody. */
export const NO_MEMORY: SetMemory = {
  bindings: new Map(),
  undeclared: new Set(),
  rebindings: new Map(),
  waiting: new Map(),
  attempts: new Map(),
};

/** What a set remembers of users who wait, by id. */
export function rememberWaiting(waiting: readonly WaitingUser[]): SetMemory["waiting"] {
  return new Map(waiting.map((user) => [user.id, user]));
}

/**
 * What a set remembers after a change, and who waits then.
 *
 * @param resolutions of the removed and the added ids
 */
export function nextMemory(
  change: SetChange,
  before: SetMemory,
  endings: Endings,
  resolutions: ReadonlyMap<string, Resolution>,
  seen: SetMemory["seen"],
): { readonly memory: SetMemory; readonly waiting: readonly WaitingUser[] } {
  const { prior, declared, difference = diffUserSets(prior, declared) } = change;
  const survived = new Set(
    endings.leaving.flatMap(({ id, ending }) => (ending.kind === "survivor" ? [id] : [])),
  );
  const waiting = [
    ...endings.waiting.flatMap(waitsOn),
    ...endings.leaving.flatMap(waitsAsBefore),
    ...endings.leaving.flatMap(({ ending }) => (ending.kind === "suspended" ? [ending.user] : [])),
  ];
  const hasNewcomers = survived.size > 0 && difference.added.size > 0;
  return {
    waiting,
    memory: {
      bindings: bindingsAfter(declared, before, resolutions, survived),
      undeclared: survived,
      // A survivor that could not be looked up may be one of the added users under its old id, and the next apply must still detect that.
      newcomers: hasNewcomers ? new Set(difference.added.keys()) : undefined,
      rebindings: new Map(),
      waiting: rememberWaiting(waiting),
      attempts: attemptsAfter(before, endings),
      seen,
    },
  };
}

/** The calls that may keep a user out although the set does not know it: those of survivors, and of declared users who are not reactivated. */
function attemptsAfter({ attempts }: SetMemory, { leaving, waiting }: Endings): SetMemory["attempts"] {
  const left = leaving.flatMap(({ id, label, fate, ending }): Remembered[] => {
    if (ending.kind !== "survivor") return [];
    const { mayBeSuspended: call } = ending;
    if (call && fate.kind === "suspend") return [[id, { label, userId: fate.userId, ...call }]];
    const before = attempts.get(id);
    return before ? [[id, before]] : [];
  });
  const declared = waiting.flatMap((leaver): Remembered[] => {
    const { id, label, ending, waiting: user, attempt } = leaver;
    const { forgets } = meaningOf(leaver);
    // Nobody knows who suspended the user, so no time is remembered by which it might seem to be this set.
    if (user && forgets && isLockedOut(leaver)) return [[id, { label, userId: user.userId }]];
    return attempt && !forgets && ending.kind !== "reactivated" ? [[id, attempt]] : [];
  });
  return new Map([...left, ...declared]);
}

type Remembered = [id: string, attempt: SuspensionAttempt];

/** Whether a user is declared and suspended, and no call was made for the user. */
function isLockedOut(leaver: EndedLeaver): boolean {
  const reason = reasonOf(leaver);
  return reason !== undefined && isLockingOut(reason);
}

/**
 * Finds the declared users who are suspended after a change, perhaps by this set.
 *
 * @param before the ids that the last check found
 */
export function lockedOutAfter({ waiting }: Endings, before: readonly string[]): string[] {
  const wasBefore = new Set(before);
  return waiting
    .filter((leaver) => {
      if (leaver.ending.kind === "survivor") return leaver.fate.kind !== "delete";
      // This change may not have looked.
      if (reasonOf(leaver)?.kind === "wait") return wasBefore.has(leaver.id);
      return isLockedOut(leaver);
    })
    .map(({ id }) => id);
}

/** A user who left before, if the user still waits after the change. */
function waitsOn(leaver: EndedLeaver): WaitingUser[] {
  const { ending, waiting } = leaver;
  if (!waiting || ending.kind === "gone" || ending.kind === "reactivated") return [];
  if (meaningOf(leaver).forgets) return [];
  const isTried = ending.kind === "survivor" && ending.mayBeDeleted === true;
  return [isTried ? { ...waiting, isDeletionTried: true } : waiting];
}

/**
 * A user who waited already and leaves once more waits on as before, unless the user is gone, was suspended anew, or is kept for good. One who is
 * still declared under another id waits for the reactivation.
 */
function waitsAsBefore(leaver: EndedLeaver): WaitingUser[] {
  const { ending, waiting } = leaver;
  if (!waiting || ending.kind === "gone" || ending.kind === "suspended") return [];
  return meaningOf(leaver).forgets ? [] : [waiting];
}

/**
 * Remaining ids keep their bindings, ids that passed to another user get that user, and new ids are bound to the users that
 * were found.
 */
function bindingsAfter(
  declared: ReadonlyMap<string, string>,
  memory: SetMemory,
  resolutions: ReadonlyMap<string, Resolution>,
  survived: ReadonlySet<string>,
): Map<string, string> {
  const bindings = new Map<string, string>();
  for (const id of [...declared.keys(), ...survived]) {
    const found = resolutions.get(id);
    const before = survived.has(id)
      ? memory.bindings.get(id)
      : (memory.rebindings.get(id) ?? memory.bindings.get(id));
    const bound = before ?? (found?.kind === "found" ? found.userId : undefined);
    if (bound !== undefined) bindings.set(id, bound);
  }
  return bindings;
}
