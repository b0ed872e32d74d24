import type { EndpointName } from "./endpoints/endpoint";
import type { Effect } from "./effects";
import type { EmulatedUserPool } from "./pool";
import type { PoolIdType, PassableIdType, PoolUser } from "./pool-user";

/** Which requests a rule concerns. All conditions must hold. */
export interface RequestConditions {
  /** The calls concerned; default all. */
  readonly on?: EndpointName | readonly EndpointName[];
  /** Only requests that hold one of these users, named here by an id of whichever type; default all. */
  readonly ids?: readonly string[];
  /** Only requests that name users by this type of id; default all. */
  readonly userIdType?: PoolIdType;
  /** Which of the requests that fit the conditions above, counted from 1; default all. */
  readonly nth?: number | readonly number[];
  /** How often the rule applies at most; default without end. */
  readonly times?: number;
  /** For how many milliseconds the rule applies, from the first time that it does; default without end. */
  readonly forMs?: number;
}

/** Which requests go wrong, and how. The first rule that applies wins. */
export interface FaultRule extends RequestConditions {
  /** What happens then. */
  readonly then: Effect;
}

/** A rule that was added. */
export interface RuleHandle {
  /** How often it has applied so far. */
  readonly applied: number;
  /** Takes the rule back. */
  remove(): void;
}

/** A request as rules see it. */
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
 * The rules in force, of one kind. Requests that the emulator refuses before it looks at them (signature, rate limit)
 * are not counted.
 */
export class Rules<Rule extends RequestConditions> {
  readonly #pool: EmulatedUserPool;
  readonly #entries = new Set<Entry<Rule>>();

  constructor(pool: EmulatedUserPool, rules: readonly Rule[] = []) {
    this.#pool = pool;
    for (const rule of rules) this.add(rule);
  }

  /** Puts a rule in force, behind those that are. */
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

  /** Takes all rules back. */
  clear(): void {
    this.#entries.clear();
  }

  /** The first rule that applies to a request; counts the request for every rule whose conditions it meets. */
  takeFirst(request: ObservedRequest): Rule | undefined {
    return this.#take(request, 1)[0];
  }

  /** Every rule that applies to a request, in the order of adding; counts the request as {@link takeFirst} does. */
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
  readonly run: PoolChange | readonly PoolChange[] | ((pool: EmulatedUserPool) => unknown);
}

/** Carries a step out. */
export async function runStep({ run }: StepRule, pool: EmulatedUserPool): Promise<void> {
  if (typeof run === "function") await run(pool);
  else for (const change of [run].flat()) changerOf(change)(pool, change);
}

type ChangeOf<Kind extends PoolChange["kind"]> = Extract<PoolChange, { kind: Kind }>;

type Changer<Kind extends PoolChange["kind"]> = (pool: EmulatedUserPool, change: ChangeOf<Kind>) => void;

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
