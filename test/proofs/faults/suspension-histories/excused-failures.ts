import type { PoolUser } from "../../../support/emulator";
import { names } from "./people";
import type { PoolChanges } from "./pool-watch";
import { FINAL_PLAN } from "./promises";
import type { SetInPlan, SetInState, StackConfiguration } from "./stack";

type Held = readonly (SetInState | undefined)[];

/** A plan that was refused, although nothing disturbed it. */
export interface RefusedPlan {
  readonly text: string;
  readonly configuration: StackConfiguration;
  readonly pool: readonly PoolUser[];
  readonly isRefreshed: boolean;
}

/** An apply that failed, although nothing disturbed it. */
export interface FailedApply {
  readonly text: string;
  readonly configuration: StackConfiguration;
  /** The state before the plan. */
  readonly before: Held;
  readonly plans: readonly SetInPlan[];
  readonly changes: PoolChanges;
  /** The pool when the apply began. */
  readonly pool: readonly PoolUser[];
  readonly isRefreshed: boolean;
  /** Whether GenAuth shows times so late that a plan and its apply see different ones. */
  readonly isDatedLate: boolean;
}

/** Whether what the configuration asks for explains that a plan was refused. */
export function isExcused({ text, configuration, pool, isRefreshed }: RefusedPlan): boolean {
  return isShift(configuration, text) || declaresFormerHolder(text, pool, isRefreshed);
}

/** Whether what others did in the pool, or a plan without a refresh, explains that an apply failed. */
export function mayFail(failed: FailedApply): boolean {
  const { text, configuration, before, plans, changes, pool } = failed;
  return (
    (failed.isDatedLate && FINAL_PLAN.test(text)) ||
    (!failed.isRefreshed && removesUnseen(before, configuration) && saysNeverSeen(text)) ||
    (endsTwice(before, plans, changes) && saysNotSuspended(text)) ||
    awaitsOnlyVanished(before, pool, text) ||
    deletesOnlyNameless(before, pool, text)
  );
}

/** Whether a plan is refused because a set that deletes takes over users of the one that is taken away, as with `count`. */
function isShift({ sets }: StackConfiguration, text: string): boolean {
  return sets.includes(undefined) && /takes over \d+ users? of a set that is being removed/.test(text);
}

/**
 * Whether a plan is refused because a set deletes the former holder of an id that the other set declares. The other set stands for the former
 * holder until its plan binds the id to a new one, whom only a refresh finds.
 */
function declaresFormerHolder(text: string, pool: readonly PoolUser[], isRefreshed: boolean): boolean {
  const there = [...text.matchAll(/\(there: (\S+)\)/g)].flatMap(([, id]) => id ?? []);
  const shown = JSON.stringify(pool).toLowerCase();
  const isLeft = (id: string) => !isRefreshed || !shown.includes(`"${id.toLowerCase()}"`);
  return / that (this|another) set declares/.test(text) && there.length > 0 && there.every(isLeft);
}

/**
 * Whether an id leaves that no look-up had found before the plan. Without a refresh, nobody has reviewed whom it names by now, so the
 * apply leaves that user alone and fails.
 */
function removesUnseen(before: Held, { sets }: StackConfiguration): boolean {
  return before.some((set, index) => {
    const declared = sets[index]?.ids;
    return set && declared && [...set.users].some((id) => !set.bindings.has(id) && !declared.includes(id));
  });
}

/**
 * Whether one set deleted a user whom the other one was to suspend. Engines apply both at once, so the other may find nobody any more: it says
 * so, and the next apply forgets the user.
 */
function endsTwice(before: Held, plans: readonly SetInPlan[], { deleted }: PoolChanges): boolean {
  return plans.some(({ suspended }, index) => {
    const set = before[index];
    return set && [...suspended].some((id) => deleted.some(({ user }) => names(user, id, set.type)));
  });
}

/**
 * Whether an apply fails because of users who are declared again, and whom others deleted while they waited. A look-up that shows nobody else
 * who waits cannot tell whether they are gone (S8 of docs/guides/trust.md).
 */
function awaitsOnlyVanished(before: Held, pool: readonly PoolUser[], text: string): boolean {
  const there = new Set(pool.map(({ userId }) => userId));
  const vanished = new Set(
    before.flatMap((set) =>
      [...(set?.waiting ?? [])].flatMap(([id, { userId }]) => (there.has(userId.toLowerCase()) ? [] : [id])),
    ),
  );
  const awaited = notReactivatedIn(text);
  return awaited.length > 0 && awaited.every((id) => vanished.has(id));
}

/**
 * Whether an apply fails because of users who are due, and whose ids others took away without giving them new ones. A call by the declared id
 * would reach nobody, and the set cannot tell a user without an id from one whose id GenAuth does not show.
 */
function deletesOnlyNameless(before: Held, pool: readonly PoolUser[], text: string): boolean {
  const nameless = new Set(
    pool.filter(({ email, username }) => !email && !username).map((user) => user.userId),
  );
  const waiting = new Map(before.flatMap((set) => [...(set?.waiting ?? [])]));
  const left = notFoundByIdIn(text);
  return left.length > 0 && left.every((id) => nameless.has(waiting.get(id)?.userId ?? ""));
}

/** Whether an apply left somebody alone whose id was first found at its removal. */
function saysNeverSeen(text: string): boolean {
  return /the id was never seen\s+while\s+it\s+was\s+declared/.test(text);
}

/** Whether an apply says that it could not suspend somebody. */
function saysNotSuspended(text: string): boolean {
  return /removed\s+users?\s+not\s+suspended/.test(text);
}

/** The users whom an apply was to reactivate, and left suspended, as its error says. */
function notReactivatedIn(text: string): string[] {
  const [, listed = ""] =
    /Error: \d+ users? still suspended\n([^]*?)They are declared again or protected/.exec(text) ?? [];
  return [...listed.matchAll(/^ {2}(\S+)/gm)].flatMap(([, id]) => id ?? []);
}

/** The due users whom an apply left alone, because no look-up by the declared id found them. */
function notFoundByIdIn(text: string): string[] {
  const [, listed = ""] =
    /found no user with the id, although the user is still in the pool\.\n([^]*?)They stay in suspended/.exec(
      text,
    ) ?? [];
  return [...listed.matchAll(/^ {2}(\S+)/gm)].flatMap(([, id]) => id ?? []);
}
