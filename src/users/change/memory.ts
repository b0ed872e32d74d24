import type { Resolution } from "../look-up/resolution";
import type { WaitingUser } from "../waiting-user";
import type { SetChange } from "./set-change";
import { type EndedLeaver, type Endings, meaningOf } from "../fate";

/**
 * What a set remembers from one run to the next beside its users, so that it knows who may be deleted. A run
 * that dies loses only what it has learned itself (docs/guides/trust.md, D1 to D3).
 */
export interface SetMemory {
  /**
   * Declared id -> the system user id that it named when it was first seen. Omits ids that were never found
   * in the pool.
   */
  readonly bindings: ReadonlyMap<string, string>;
  /**
   * Ids in the state's `users` that are no longer declared: the survivors of the last apply, even if gone
   * since then.
   */
  readonly undeclared: ReadonlySet<string>;
  /** Ids that name another user than their binding: id -> that user. The next apply accepts the new user. */
  readonly rebindings: ReadonlyMap<string, string>;
  /** The users who wait for the deletion, by id; the date is in the state. */
  readonly waiting: ReadonlyMap<string, RememberedUser>;
}

/** What a set remembers of a user who waits for the deletion. */
export type RememberedUser = Omit<WaitingUser, "id" | "deleteFrom">;

/** The memory of a set without a history: it binds nobody. */
export const NO_MEMORY: SetMemory = {
  bindings: new Map(),
  undeclared: new Set(),
  rebindings: new Map(),
  waiting: new Map(),
};

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
): { readonly memory: SetMemory; readonly waiting: readonly WaitingUser[] } {
  const { declared } = change;
  const survived = new Set(
    endings.leaving.flatMap(({ id, ending }) => (ending.kind === "survivor" ? [id] : [])),
  );
  const waiting = [
    ...endings.waiting.flatMap(waitsOn),
    ...endings.leaving.flatMap(({ ending }) => (ending.kind === "suspended" ? [ending.user] : [])),
  ];
  return {
    waiting,
    memory: {
      bindings: bindingsAfter(declared, before, resolutions, survived),
      undeclared: survived,
      rebindings: new Map(),
      waiting: new Map(waiting.map((user) => [user.id, user])),
    },
  };
}

/** A user who left before, if the user still waits after the change. */
function waitsOn(leaver: EndedLeaver): WaitingUser[] {
  const { ending, waiting } = leaver;
  const isOver = ending.kind === "gone" || ending.kind === "reactivated" || meaningOf(leaver).forgets;
  return waiting && !isOver ? [waiting] : [];
}

/**
 * Remaining ids keep their bindings, ids that passed to another user get that user, and new ids are bound to
 * the users that were found.
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
