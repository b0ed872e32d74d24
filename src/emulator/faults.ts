import * as z from "zod";
import { refusal } from "./answer";
import { ENDPOINTS } from "./endpoints";
import { type EmulatedCall, type Hook, type EmulatedReply, send } from "./handle-request";
import { POOL_ID_TYPES } from "./pool-user";

const call = z.enum(ENDPOINTS.map(({ name }) => name));
const count = z.number().int().min(1);
const milliseconds = z.number().min(0);
const status = z.number().int().min(100).max(999);
const headers = z.record(z.string(), z.string()).exactOptional();
/** Whether the call is carried out although its answer is lost; default no. */
const carriedOut = z.boolean().exactOptional();

/** What can happen to a call. */
const FaultSchema = z.discriminatedUnion("kind", [
  /** Answers with this status in the body, HTTP 200, as GenAuth refuses. */
  z.strictObject({
    kind: z.literal("answer"),
    statusCode: status,
    apiCode: z.number().int().exactOptional(),
    message: z.string().exactOptional(),
    /** Such as `{ "retry-after": "5" }`. */
    headers,
    carriedOut,
  }),
  /** Answers with a real HTTP status, as a gateway does; default body a small HTML page. */
  z.strictObject({
    kind: z.literal("http"),
    status,
    body: z.string().exactOptional(),
    contentType: z.string().exactOptional(),
    headers,
    carriedOut,
  }),
  /** Resets the connection without an answer. */
  z.strictObject({ kind: z.literal("reset"), carriedOut }),
  /** Carries the call out and answers correctly, but late by some milliseconds. */
  z.strictObject({ kind: z.literal("slow"), ms: milliseconds }),
  /**
   * A change that reports success and leaves the users of the rule's `ids` as they are, or all without `ids`.
   */
  z.strictObject({ kind: z.literal("lie") }),
]);

export type Fault = z.infer<typeof FaultSchema>;

/** The kinds of faults. */
export const FAULT_KINDS = FaultSchema.options.map(({ shape }) => shape.kind.value);

const Conditions = z.strictObject({
  /** The calls concerned; default all. */
  on: z.union([call, z.array(call).readonly()]).exactOptional(),
  /** Only calls that name one of these users, given here by ids of any type; default all. */
  ids: z.array(z.string()).readonly().exactOptional(),
  /** Only calls that name users by this type of id; default all. */
  userIdType: z.enum(POOL_ID_TYPES).exactOptional(),
  /** Which of the calls that meet the conditions above, counted from 1; default all. */
  nth: z.union([count, z.array(count).readonly()]).exactOptional(),
  /** How often the rule applies at most; default unlimited. */
  times: count.exactOptional(),
  /** For how many milliseconds the rule applies, from its first application; default unlimited. */
  forMs: milliseconds.exactOptional(),
});

/** Which calls a rule concerns. All conditions must hold. */
export type Conditions = z.infer<typeof Conditions>;

/** Checks which calls fail, and how. */
export const FaultRuleSchema = Conditions.extend({ then: FaultSchema });

/** Which calls fail, and how. */
export type FaultRule = z.infer<typeof FaultRuleSchema>;

interface Entry<Rule> {
  readonly rule: Rule;
  matched: number;
  applied: number;
  /**
   * When a rule of limited duration ends, in milliseconds of `performance.now()`; unset until it first
   * applies.
   */
  endsAt?: number;
}

/** A rule that was added. */
export interface RuleHandle {
  /** How often it has applied so far. */
  readonly applied: number;
  /** Removes the rule. */
  remove(): void;
}

/**
 * The active rules of one kind. Calls that are refused for their signature or the rate limit are not counted.
 */
export class Rules<Rule extends Conditions> {
  readonly #entries = new Set<Entry<Rule>>();

  constructor(rules: readonly Rule[] = []) {
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

  /**
   * The first rules that apply to a call, at most so many, in the order of adding. Counts the call for every
   * rule whose conditions it meets.
   */
  take(call: EmulatedCall, most = Infinity): readonly Rule[] {
    const fitting = [...this.#entries].filter(({ rule }) => concerns(rule, call));
    for (const entry of fitting) entry.matched += 1;
    const now = performance.now();
    const due = fitting.filter((entry) => isDue(entry, now)).slice(0, most);
    for (const entry of due) {
      entry.applied += 1;
      if (entry.rule.forMs !== undefined) entry.endsAt ??= now + entry.rule.forMs;
    }
    return due.map(({ rule }) => rule);
  }
}

function concerns({ on, ids, userIdType }: Conditions, call: EmulatedCall): boolean {
  if (userIdType !== undefined && userIdType !== call.userIdType) return false;
  if (on !== undefined && ![on].flat().includes(call.name)) return false;
  if (ids === undefined) return true;
  const named = call.users();
  return ids.some(
    (id) => call.ids.includes(id) || call.pool.findByAnyId(id).some((user) => named.includes(user)),
  );
}

function isDue(
  { rule: { nth, times = Infinity }, matched, applied, endsAt = Infinity }: Entry<Conditions>,
  now: number,
): boolean {
  return applied < times && now < endsAt && (nth === undefined || [nth].flat().includes(matched));
}

/** Lets calls fail; the first rule that applies takes precedence. */
export function failBy(rules: Rules<FaultRule>): Hook {
  return (call) => {
    const [rule] = rules.take(call, 1);
    return rule ? replyTo(call, rule.then, rule.ids) : call.carryOut();
  };
}

/**
 * What a call gets instead of its answer.
 *
 * @param ids the users concerned, if the fault concerns only some
 */
export async function replyTo(
  call: EmulatedCall,
  fault: Fault,
  ids?: readonly string[],
): Promise<EmulatedReply> {
  if ("carriedOut" in fault && fault.carriedOut === true) call.carryOut();
  switch (fault.kind) {
    case "answer": {
      const { statusCode, apiCode, message = `Fault: ${statusCode}`, headers } = fault;
      return (response, textOf) => send(response, textOf(refusal(statusCode, message, apiCode)), { headers });
    }
    case "http": {
      const { status, body = `<html><h1>${status}</h1></html>`, contentType = "text/html", headers } = fault;
      return (response) => send(response, body, { status, contentType, headers });
    }
    case "reset":
      return (response) => void response.socket?.resetAndDestroy();
    case "slow":
      await call.sleep(fault.ms);
      return call.carryOut();
    case "lie":
      return call.pool.keep(
        ids?.flatMap((id) => call.pool.findByAnyId(id)),
        () => call.carryOut(),
      );
  }
}
