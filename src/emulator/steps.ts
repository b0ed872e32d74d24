import type { RequestConditions } from "./faults";
import type { PassableIdType, UserPool } from "./pool";
import type { PoolUser } from "./pool-user";

/** One change that somebody else makes to the pool, as data, so that it can be sent to another process. */
export type PoolChange =
  /** Users appear. */
  | { readonly kind: "add"; readonly users: readonly PoolUser[] }
  /** Fields of the user with this system id change. */
  | {
      readonly kind: "update";
      readonly userId: string;
      readonly fields: Partial<Omit<PoolUser, "userId">>;
    }
  /** Users are deleted, by their system ids. */
  | { readonly kind: "remove"; readonly userIds: readonly string[] }
  /** The id of a type passes from one user to another, both named by their system ids. */
  | { readonly kind: "passId"; readonly type: PassableIdType; readonly from: string; readonly to: string };

/**
 * What happens to the pool between two calls: the request has arrived, and is carried out on the pool as the step
 * leaves it. Every step that applies runs, in the order of adding, before faults are looked at. A step may be a
 * function where the emulator runs in the test's own process, and is data elsewhere.
 *
 * @example An e-mail passes to somebody else exactly between the look-up and the deletion:
 * ```ts
 * emulator.steps.add({
 *   on: "delete-users-batch",
 *   nth: 1,
 *   run: { kind: "passId", type: "email", from: ada.userId, to: bo.userId },
 * });
 * ```
 * @example The same by a function, for whatever data cannot say:
 * ```ts
 * const step = emulator.steps.add({ on: "delete-users-batch", nth: 2, run: (pool) => pool.passId("email", a, b) });
 * // Later: step.applied is 1 where the second deletion came.
 * ```
 */
export interface StepRule extends RequestConditions {
  /** The request waits until a promise settles. A step that fails is told in the request's answer, as a 500. */
  readonly run: PoolChange | readonly PoolChange[] | ((pool: UserPool) => unknown);
}

/** Carries a step out. */
export async function runStep({ run }: StepRule, pool: UserPool): Promise<void> {
  if (typeof run === "function") await run(pool);
  else for (const change of [run].flat()) changerOf(change)(pool, change);
}

type ChangeOf<Kind extends PoolChange["kind"]> = Extract<PoolChange, { kind: Kind }>;

type Changer<Kind extends PoolChange["kind"]> = (pool: UserPool, change: ChangeOf<Kind>) => void;

/** How each change is made. */
const changers: { readonly [Kind in PoolChange["kind"]]: Changer<Kind> } = {
  add: (pool, { users }) => pool.add(...users),
  update: (pool, { userId, fields }) => void pool.update(userId, fields),
  remove: (pool, { userIds }) => pool.remove(...userIds),
  passId: (pool, { type, from, to }) => pool.passId(type, from, to),
};

/** The table's entry for a change; by its shape each changer takes the change of its own kind. */
function changerOf<Kind extends PoolChange["kind"]>(change: ChangeOf<Kind>): Changer<Kind> {
  return changers[change.kind];
}
