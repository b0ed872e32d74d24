import type { CallName } from "./calls/call";
import type { UserPool } from "./pool";
import type { IdType, PoolUser } from "./pool-user";

/**
 * What goes wrong, as data. `deed` says whether the call is carried out before its answer is spoiled: `true` is how an
 * answer gets lost, and the default is `false`.
 */
export type Effect =
  /** Answers with this status in the body, HTTP 200. */
  | {
      readonly kind: "answer";
      readonly statusCode: number;
      readonly apiCode?: number;
      readonly message?: string;
      /** Such as `{ "retry-after": "5" }`. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly deed?: boolean;
    }
  /** Answers with a real HTTP status, as a gateway does; default body a small HTML page. */
  | {
      readonly kind: "http";
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly deed?: boolean;
    }
  /** Resets the connection, before or after the deed. */
  | { readonly kind: "reset"; readonly after: boolean }
  /** Never answers. */
  | { readonly kind: "hang"; readonly deed?: boolean }
  /** Deletes and answers rightly, but look-ups go on showing the deleted users for that many milliseconds. */
  | { readonly kind: "late"; readonly ms: number }
  /** Carries out and answers rightly, but that many milliseconds late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Carries out, then sends the answer a byte at a time with that many milliseconds between; default 1000. */
  | { readonly kind: "drip"; readonly everyMs?: number }
  /** Answers 200 with `data.success` false. */
  | { readonly kind: "successFalse"; readonly deed?: boolean }
  /** A deletion that says success and keeps the users that the rule's `ids` name, or all of them without `ids`. */
  | { readonly kind: "lie" }
  /** A look-up that leaves out the users that the rule's `ids` name, or all of them without `ids`. */
  | { readonly kind: "omit" }
  /** Cuts the answer's JSON in half. */
  | { readonly kind: "truncated"; readonly deed?: boolean }
  /** Answers HTTP 200 with nothing. */
  | { readonly kind: "emptyBody"; readonly deed?: boolean }
  /** Carries out and answers rightly, but calls it `text/html`. */
  | { readonly kind: "wrongContentType" }
  /** Answers with a JSON string of that many bytes. */
  | { readonly kind: "hugeBody"; readonly bytes: number; readonly deed?: boolean }
  /** Resets every connection, and takes none for that many milliseconds; then the server is back. */
  | { readonly kind: "outage"; readonly ms: number }
  /** Sends the client elsewhere; default status 302. */
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number };

/** Which requests a rule concerns. All conditions must hold. */
export interface RequestConditions {
  /** The calls concerned; default all. */
  readonly on?: CallName | readonly CallName[];
  /** Only requests that hold one of these users, named here by an id of whichever type; default all. */
  readonly ids?: readonly string[];
  /** Only requests that name users by this type of id; default all. */
  readonly userIdType?: IdType;
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
export interface Suspect {
  readonly call: CallName;
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
  readonly #pool: UserPool;
  readonly #entries = new Set<Entry<Rule>>();

  constructor(pool: UserPool, rules: readonly Rule[] = []) {
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
  takeFirst(suspect: Suspect): Rule | undefined {
    return this.#take(suspect, 1)[0];
  }

  /** Every rule that applies to a request, in the order of adding; counts the request as {@link takeFirst} does. */
  takeAll(suspect: Suspect): readonly Rule[] {
    return this.#take(suspect, Infinity);
  }

  #take(suspect: Suspect, most: number): readonly Rule[] {
    const fitting = [...this.#entries].filter(({ rule }) => this.#fits(rule, suspect));
    for (const entry of fitting) entry.matched += 1;
    const now = performance.now();
    const due = fitting.filter((entry) => isDue(entry, now)).slice(0, most);
    for (const entry of due) {
      entry.applied += 1;
      if (entry.rule.forMs !== undefined) entry.endsAt ??= now + entry.rule.forMs;
    }
    return due.map(({ rule }) => rule);
  }

  #fits({ on, ids, userIdType }: RequestConditions, suspect: Suspect): boolean {
    if (userIdType !== undefined && userIdType !== suspect.userIdType) return false;
    if (on !== undefined && ![on].flat().includes(suspect.call)) return false;
    return (
      ids === undefined ||
      ids.some(
        (id) => suspect.ids.includes(id) || this.#pool.findByAnyId(id).some((user) => suspect.names(user)),
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
