import type { EndpointName } from "./endpoints/endpoint";
import type { Effect } from "./effects";
import type { EmulatedUserPool, UserChanges } from "./pool";
import type { PoolIdType, PassableIdType, PoolUser } from "./pool-user";

/** Which requests a rule concerns. All conditions must hold. */
export interface RequestConditions {
  /** The calls concerned; default all. */
  readonly on?: EndpointName | readonly EndpointName[];
  /** Only requests that name one of these users, given here by ids of any type; default all. */
  readonly ids?: readonly string[];
  /** Only requests that name users by this type of id; default all. */
  readonly userIdType?: PoolIdType;
  /** Which of the requests that meet the conditions above, counted from 1; default all. */
  readonly nth?: number | readonly number[];
  /** How often the rule applies at most; default unlimited. */
  readonly times?: number;
  /** For how many milliseconds the rule applies, from its first application; default unlimited. */
  readonly forMs?: number;
}

/** Which requests fail, and how. The first rule that applies takes precedence. */
export interface FaultRule extends RequestConditions {
  /** The fault. */
  readonly then: Effect;
}

/** A rule that was added. */
export interface RuleHandle {
  /** How often it has applied so far. */
  readonly applied: number;
  /** Removes the rule. */
  remove(): void;
}

/** The parts of a request that rules check. */
export interface ObservedRequest {
  readonly call: EndpointName;
  readonly ids: readonly string[];
  readonly userIdType: string;
  /** Whether the request names the user. */
  names(user: PoolUser): boolean;
}

interface Entry<Rule> {
  readonly rule: Rule;
  matched: number;
  applied: number;
  /** When a rule of limited duration ends, in milliseconds of `performance.now()`; unset until it first applies. */
  endsAt?: number;
}

/**
 * The active rules of one kind. Requests that the emulator refuses for their signature or the rate limit are not
 * counted.
 */
export class Rules<Rule extends RequestConditions> {
  readonly #pool: EmulatedUserPool;
  readonly #entries = new Set<Entry<Rule>>();

  constructor(pool: EmulatedUserPool, rules: readonly Rule[] = []) {
    this.#pool = pool;
    for (const rule of rules) this.add(rule);
  }

  /** Adds a rule after the active ones. */
  add(rule: Rule): RuleHandle {
    const entry: Entry<Rule> = { rule, matched: 0, applied: 0 };
    this.#entries.add(entry);
    return {
      get applied() {
        return entry.applied;
      },
      remove: () => void this.#entries.delete(entry),
    };
  }

  /** Removes all rules. */
  clear(): void {
    this.#entries.clear();
  }

  /** The first rule that applies to a request. Counts the request for every rule whose conditions it meets. */
  takeFirst(request: ObservedRequest): Rule | undefined {
    return this.#take(request, 1)[0];
  }

  /** All rules that apply to a request, in the order of adding. Counts the request as {@link takeFirst} does. */
  takeAll(request: ObservedRequest): readonly Rule[] {
    return this.#take(request, Infinity);
  }

  #take(request: ObservedRequest, most: number): readonly Rule[] {
    const fitting = [...this.#entries].filter(({ rule }) => this.#fits(rule, request));
    for (const entry of fitting) entry.matched += 1;
    const now = performance.now();
    const due = fitting.filter((entry) => isDue(entry, now)).slice(0, most);
    for (const entry of due) {
      entry.applied += 1;
      if (entry.rule.forMs !== undefined) entry.endsAt ??= now + entry.rule.forMs;
    }
    return due.map(({ rule }) => rule);
  }

  #fits({ on, ids, userIdType }: RequestConditions, request: ObservedRequest): boolean {
    if (userIdType !== undefined && userIdType !== request.userIdType) return false;
    if (on !== undefined && ![on].flat().includes(request.call)) return false;
    return (
      ids === undefined ||
      ids.some(
        (id) => request.ids.includes(id) || this.#pool.findByAnyId(id).some((user) => request.names(user)),
      )
    );
  }
}

function isDue(
  { rule: { nth, times = Infinity }, matched, applied, endsAt = Infinity }: Entry<RequestConditions>,
  now: number,
): boolean {
  return applied < times && now < endsAt && (nth === undefined || [nth].flat().includes(matched));
}

/** One change that somebody else makes to the pool. It is data, so that it can be sent to another process. */
export type PoolChange =
  /** Users are added. */
  | { readonly kind: "add"; readonly users: readonly PoolUser[] }
  /** Fields of the user with this system user id change. */
  | {
      readonly kind: "update";
      readonly userId: string;
      readonly fields: UserChanges;
    }
  /** Users are deleted, by their system user ids. */
  | { readonly kind: "remove"; readonly userIds: readonly string[] }
  /** An id passes from one user to another, both given by their system user ids. */
  | { readonly kind: "passId"; readonly type: PassableIdType; readonly from: string; readonly to: string };

/**
 * A change of the pool after a request has arrived and before it is carried out. Every step that applies runs, in the
 * order of adding, before the faults. A step may be a function if the emulator runs in the test's own process; otherwise
 * it is data.
 *
 * @example An e-mail passes to another user between the look-up and the deletion:
 * ```ts
 * emulator.steps.add({
 *   on: "delete-users-batch",
 *   nth: 1,
 *   run: { kind: "passId", type: "email", from: ada.userId, to: bo.userId },
 * });
 * ```
 * @example The same by a function, for changes that data cannot express:
 * ```ts
 * const step = emulator.steps.add({ on: "delete-users-batch", nth: 2, run: (pool) => pool.passId("email", a, b) });
 * // Later: step.applied is 1 if there was a second deletion.
 * ```
 */
export interface StepRule extends RequestConditions {
  /** The request waits until a promise settles. If a step fails, the answer is a 500 with its message. */
  readonly run: PoolChange | readonly PoolChange[] | ((pool: EmulatedUserPool) => unknown);
}

export async function runStep({ run }: StepRule, pool: EmulatedUserPool): Promise<void> {
  if (typeof run === "function") await run(pool);
  else for (const change of [run].flat()) changerOf(change)(pool, change);
}

type ChangeOf<Kind extends PoolChange["kind"]> = Extract<PoolChange, { kind: Kind }>;

type Changer<Kind extends PoolChange["kind"]> = (pool: EmulatedUserPool, change: ChangeOf<Kind>) => void;

const changers: { readonly [Kind in PoolChange["kind"]]: Changer<Kind> } = {
  add: (pool, { users }) => pool.add(...users),
  update: (pool, { userId, fields }) => void pool.update(userId, fields),
  remove: (pool, { userIds }) => pool.remove(...userIds),
  passId: (pool, { type, from, to }) => pool.passId(type, from, to),
};

/** The table's entry for a change. The type parameter ties the entry to the change's kind. */
function changerOf<Kind extends PoolChange["kind"]>(change: ChangeOf<Kind>): Changer<Kind> {
  return changers[change.kind];
}
