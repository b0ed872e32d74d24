import type { PoolUser } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import { names } from "./people";
import { type Author, type PoolChanges, statusOf } from "./pool-watch";
import type { Declared, SetInPlan, SetInState, StackConfiguration } from "./stack";
import type { Step } from "./steps";

const DAY_MS = 24 * 3600 * 1000;

/** Everything that is known of one run. */
export interface Run {
  /** Whether it succeeded without anything that disturbs or limits it. */
  readonly isDone: boolean;
  /** How many users the first update of the apply named. */
  readonly firstUpdate: number;
  readonly configuration: StackConfiguration;
  /** The most `suspend_days` of each set until now. */
  readonly mostDays: readonly number[];
  readonly operatorKeeps: readonly string[];
  /** The state before the plan, and after the apply. */
  readonly before: readonly (SetInState | undefined)[];
  readonly after: readonly (SetInState | undefined)[];
  readonly plan: readonly SetInPlan[];
  readonly changes: PoolChanges;
  /** The pool when the plan and the apply began, and at the end. */
  readonly poolAtPlan: readonly PoolUser[];
  readonly poolAtApply: readonly PoolUser[];
  readonly poolAtEnd: readonly PoolUser[];
  /** Who gave the users their status before the apply, and by its end. */
  readonly authorsBefore: (userId: string) => Author | undefined;
  readonly authorsAtEnd: (userId: string) => Author | undefined;
  /** The user that somebody else changed during the apply. */
  readonly touched: string | undefined;
  /** The users whom others changed between the plan and the apply. A set without a planned change does not notice. */
  readonly touchedBetween: ReadonlySet<string>;
  /** GenAuth's time when the apply began and ended, in milliseconds since 1970. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly isHeld: boolean;
  readonly isRefreshed: boolean;
  /** Whether the run only refreshed, so that no plan could tell of users who wait. */
  readonly isRefreshOnly: boolean;
  readonly isCut: boolean;
  readonly operatorMax: Step["operatorMax"];
  /** Whether GenAuth shows truly when a status changed. */
  readonly isDated: boolean;
  /**
   * Whether look-ups show suspended users, and their status. Otherwise a declared one is missing (N11 of docs/guides/trust.md), or nobody can
   * tell.
   */
  readonly showsSuspended: boolean;
  /** Whether look-ups show nobody who is suspended. Then a survivor who is counts as gone (N11 of docs/guides/trust.md). */
  readonly hidesSuspended: boolean;
  /** The warnings and errors of plan and apply. */
  readonly messages: string;
}

/**
 * Whether a message of the run names an id. A plan without a refresh has no messages but errors, because nothing tells it from the plan that an apply
 * makes again: there, its values name the id.
 */
function isNamed({ messages, isRefreshed, plan }: Run, id: string): boolean {
  return messages.includes(id) || (!isRefreshed && plan.some(({ named }) => named.has(id)));
}

/** Describes each promise that a run broke. */
export function brokenPromises(run: Run): string[] {
  return [
    ...run.changes.deleted.flatMap(({ user, at }) => wrongDeletion(run, user, at)),
    ...run.changes.statuses.flatMap((change) =>
      change.to === "Suspended"
        ? wrongSuspension(run, change.user, change.from)
        : change.to === "Activated"
          ? wrongReactivation(run, change.user)
          : [`${change.user.userId} got the status ${change.to}`],
    ),
    ...(run.changes.otherFields.size > 1 ? ["other fields of several users were changed"] : []),
    ...exceededLimits(run),
    // Reactivations come before suspensions, and go together.
    ...(run.firstUpdate > 1 && run.before.every((set) => set === undefined || set.waiting.size === 0)
      ? ["the first suspension did not go alone"]
      : []),
    ...(run.isDone && run.isDated ? notReactivated(run) : []),
    ...(run.isDone && !run.isRefreshOnly ? lockedOutInSilence(run) : []),
    // Without protected_users, sets do not look for each other's users who wait; the drift command does.
    ...(run.isDone && !run.isRefreshOnly && run.configuration.isStack ? declaredInSilence(run) : []),
    ...run.before.flatMap((set, index) => [...wrongDates(run, set, index), ...forgotten(run, set, index)]),
    ...run.after.flatMap((set, index) => untrueEntries(run, set, index)),
  ];
}

function wrongDeletion(run: Run, user: PoolUser, at: number): string[] {
  const { userId } = user;
  const whom = `${userId} (${user.email ?? "without an e-mail"}) was deleted`;
  const sets = run.plan.flatMap(({ deleted }, index) =>
    [...deleted].flatMap((id) => {
      const set = run.before[index];
      if (!set) return [];
      if (set.suspended.has(id) && sameId(set.waiting.get(id)?.userId, userId))
        return [{ index, id, set, waited: true }];
      return set.users.has(id) && names(user, id, set.type) ? [{ index, id, set, waited: false }] : [];
    }),
  );
  if (sets.length === 0) return [`${whom}, and no plan showed it`];
  const broken = keepers(
    run,
    user,
    sets.map(({ index }) => index),
  ).map((why) => `${whom} although ${why}`);
  for (const { id, set, waited, index } of sets) {
    if (!waited) {
      broken.push(...strangers(run, set, id, userId).map((why) => `${whom} although ${why}`));
      const days = run.configuration.sets[index]?.suspendDays ?? 0;
      if (days > 0) broken.push(`${whom} at once, with suspend_days = ${days}`);
      continue;
    }
    const date = set.suspended.get(id) ?? "";
    const record = set.waiting.get(id);
    if (!(at >= Date.parse(date) - 2_000)) broken.push(`${whom} before ${date}`);
    if (run.isHeld) broken.push(`${whom} although due deletions are held`);
    if (!run.isRefreshed && record?.isDue !== true) broken.push(`${whom}, but became due without a refresh`);
    const isByOthers = record?.isOurs === true && run.authorsBefore(userId) === "others";
    if (
      (isByOthers && run.isDated && run.touched !== userId) ||
      (record?.status && record.status !== statusOf(user) && run.touched !== userId)
    )
      broken.push(`${whom} although somebody changed the status`);
  }
  return broken;
}

function wrongSuspension(run: Run, user: PoolUser, from: string): string[] {
  const whom = `${user.userId} (${user.email ?? "without an e-mail"}) was suspended`;
  const entries = run.plan.flatMap(({ suspended }, index) => {
    const set = run.before[index];
    return [...suspended].flatMap((id) =>
      set && set.users.has(id) && names(user, id, set.type) ? [{ index, id, set }] : [],
    );
  });
  const sets = entries.map(({ index }) => index);
  return [
    ...entries
      .flatMap(({ id, set }) => strangers(run, set, id, user.userId))
      .map((why) => `${whom} although ${why}`),
    ...(sets.length === 0 && run.touched !== user.userId ? [`${whom}, and no plan showed it`] : []),
    ...(from === "Activated" ? [] : [`${whom} from the status ${from}`]),
    ...keepers(run, user, sets).map((why) => `${whom} although ${why}`),
  ];
}

function wrongReactivation(run: Run, user: PoolUser): string[] {
  const { userId } = user;
  const whom = `${userId} (${user.email ?? "without an e-mail"}) was reactivated`;
  const entries = run.before.flatMap((set, index) =>
    [...(set?.waiting ?? [])].flatMap(([id, record]) =>
      sameId(record.userId, userId) ? [{ id, record, index }] : [],
    ),
  );
  const isUndone = run.changes.statuses.some((its) => its.to === "Suspended" && its.user.userId === userId);
  if (isUndone) return [];
  if (entries.length === 0) return [`${whom}, who did not wait`];
  const isDeclared =
    keepers(
      run,
      user,
      entries.map(({ index }) => index),
    ).length > 0;
  return [
    ...(entries.some(({ record }) => record.isOurs) ? [] : [`${whom}, whom the set did not suspend`]),
    ...(run.authorsBefore(userId) === "provider" || run.touched === userId || !run.isDated
      ? []
      : [`${whom}, whom somebody else suspended`]),
    ...(isDeclared || run.touched === userId ? [] : [`${whom}, who is not declared`]),
    ...(entries.some(({ id }) => isNamed(run, id)) ? [] : [`${whom}, and no message says so`]),
  ];
}

/** Users who are declared again and stay suspended after a run that succeeded. */
function notReactivated(run: Run): string[] {
  return run.before.flatMap((set, index) =>
    [...(set?.waiting ?? [])].flatMap(([id, record]) => {
      const [then, now] = [run.poolAtApply, run.poolAtEnd].map((pool) =>
        pool.find(({ userId }) => sameId(userId, record.userId)),
      );
      if (!then || !now || !record.isOurs || statusOf(then) !== "Suspended") return [];
      const isReleased =
        run.authorsBefore(then.userId) !== "provider" ||
        run.operatorKeeps.some((email) => names(then, email, UserIdType.EMAIL)) ||
        run.configuration.sets.some((its) => its?.retained.some((kept) => names(then, kept, its.type)));
      const isDeclared = run.configuration.sets.some(
        (its, at) =>
          its?.ids.some((declared) => names(then, declared, its.type)) &&
          (at === index || run.configuration.isStack),
      );
      const isSetThere = run.configuration.sets[index] !== undefined;
      return isDeclared && isSetThere && !isReleased && statusOf(now) !== "Activated"
        ? [`${id} is declared again and stays suspended`]
        : [];
    }),
  );
}

/** Declared users who were suspended when the run began, still are, and whom neither `drift` nor a message names after a run that succeeded. */
function lockedOutInSilence(run: Run): string[] {
  if (!run.showsSuspended) return [];
  return run.after.flatMap((set, index) =>
    (run.configuration.sets[index]?.ids ?? []).flatMap((id) => {
      const now = set && run.poolAtEnd.find((user) => names(user, id, set.type));
      const then = now && run.poolAtPlan.find(({ userId }) => userId === now.userId);
      if (!now || !then || statusOf(now) !== "Suspended" || statusOf(then) !== "Suspended") return [];
      if (run.touched === now.userId || run.touchedBetween.has(now.userId) || !run.isRefreshed) return [];
      return set.lockedOut.has(id) || isNamed(run, id)
        ? []
        : [`${id} is declared and suspended, and nothing says so`];
    }),
  );
}

/** Users who wait on in one set, whom another one declares, and whom no message names after a run that succeeded. */
function declaredInSilence(run: Run): string[] {
  return run.after.flatMap((set, index) =>
    [...(set?.waiting ?? [])].flatMap(([id, { userId }]) => {
      const now = run.poolAtEnd.find((user) => sameId(user.userId, userId));
      if (!now || statusOf(now) !== "Suspended" || run.touched === userId || run.touchedBetween.has(userId))
        return [];
      const isDeclared = run.configuration.sets.some(
        (its, at) => at !== index && its?.ids.some((declared) => names(now, declared, its.type)),
      );
      return isDeclared && !isNamed(run, id)
        ? [`${id} waits, is declared by another set, and nothing says so`]
        : [];
    }),
  );
}

/** Why a user who has an id is not the one whom the set found by it. Until the call, somebody else can hand it on (N1 of docs/guides/trust.md). */
function strangers(run: Run, { bindings }: SetInState, id: string, userId: string): string[] {
  const former = bindings.get(id);
  const isSame = former === undefined || sameId(former, userId);
  return isSame || former === run.touched ? [] : [`the set found ${former} by ${id}`];
}

/** Why a user must be neither suspended nor deleted by these sets. */
function keepers(run: Run, user: PoolUser, sets: readonly number[]): string[] {
  if (run.touched === user.userId) return [];
  const atPlan = run.poolAtPlan.find(({ userId }) => userId === user.userId);
  const kept = run.configuration.sets.flatMap((its, index) => {
    if (!its) return [];
    const id = idIn(its, user);
    if (id === undefined) return [];
    // In plain HCL, a set knows of another one only what the plan saw.
    const isKnown = sets.includes(index) || run.configuration.isStack;
    const isSeen = atPlan !== undefined && names(atPlan, id, its.type);
    return isKnown || isSeen ? [`a set declares or retains ${id}`] : [];
  });
  const operators = run.operatorKeeps.filter((email) => names(user, email, UserIdType.EMAIL));
  return [...kept, ...operators.map((email) => `the operator protects ${email}`)];
}

function idIn({ ids, retained, type }: Declared, user: PoolUser): string | undefined {
  return [...ids, ...retained].find((id) => names(user, id, type));
}

function exceededLimits({ plan, configuration, changes, operatorMax }: Run): string[] {
  const users = new Set([
    ...changes.deleted.map(({ user }) => user.userId),
    ...changes.statuses.flatMap(({ user, to }) => (to === "Suspended" ? [user.userId] : [])),
  ]);
  return [
    ...(operatorMax !== null && users.size > operatorMax
      ? [`${users.size} users were deleted or suspended with GENAUTH_MAX_DELETIONS=${operatorMax}`]
      : []),
    ...plan.flatMap(({ deleted, suspended }, index) => {
      const most = configuration.sets[index]?.maxDeletions ?? Infinity;
      const planned = new Set([...deleted, ...suspended]).size;
      return planned > most
        ? [`a plan shows ${planned} deletions and suspensions with max_deletions = ${most}`]
        : [];
    }),
  ];
}

/** Days of the deletion that moved to an earlier one, were never far enough, or are farther than the set has ever postponed one. */
function wrongDates(run: Run, before: SetInState | undefined, index: number): string[] {
  const after = run.after[index];
  if (!after) return [];
  const days = run.configuration.sets[index]?.suspendDays ?? 0;
  return [...after.suspended].flatMap(([id, date]) => {
    const was = before?.suspended.get(id);
    const then = before?.waiting.get(id)?.userId;
    const now = after.waiting.get(id)?.userId;
    const isSame = then === undefined || now === undefined || sameId(then, now);
    if (was !== undefined && isSame) {
      const farthest = run.endedAt + ((run.mostDays[index] ?? 0) + 1) * DAY_MS + 2_000;
      const isRight = date >= was && (date === was || Date.parse(date) <= farthest);
      return isRight ? [] : [`the date of ${id} moved from ${was} to ${date}`];
    }
    const least = run.beganAt + days * DAY_MS - 2_000;
    const most = run.endedAt + (days + 1) * DAY_MS + 2_000;
    const at = Date.parse(date);
    return at >= least && at <= most ? [] : [`${id} is deleted from ${date}, with suspend_days = ${days}`];
  });
}

/** Users who left the state in silence while they are in the pool. */
function forgotten(run: Run, before: SetInState | undefined, index: number): string[] {
  const after = run.after[index];
  if (!before || (after && after.type !== before.type)) return [];
  // Of a set that is taken away, the message counts those who stay.
  const ids = [...(after ? before.users : before.survivors), ...before.suspended.keys()];
  return ids.flatMap((id) => {
    if (after?.users.has(id) || after?.suspended.has(id) || isNamed(run, id)) return [];
    if (!after && isHiddenSurvivor(run, before, id)) return [];
    const waiting = before.waiting.get(id)?.userId;
    const isThere = run.poolAtEnd.some((user) => user.userId === waiting || names(user, id, before.type));
    return isThere ? [`${id} left the state in silence`] : [];
  });
}

/**
 * Whether the refresh of this run found nobody by the id of a survivor, because look-ups do not show who is suspended. The apply that suspended the
 * user has named the user to look at.
 */
function isHiddenSurvivor(
  { hidesSuspended, isRefreshed, poolAtPlan }: Run,
  set: SetInState,
  id: string,
): boolean {
  if (!hidesSuspended || !isRefreshed || !set.survivors.has(id) || set.suspended.has(id)) return false;
  const user = poolAtPlan.find((its) => names(its, id, set.type));
  return user !== undefined && statusOf(user) === "Suspended";
}

/** Entries of `suspended` that are not true, and of which no message tells. */
function untrueEntries(run: Run, set: SetInState | undefined, index: number): string[] {
  if (!set || run.isCut || run.isRefreshOnly) return [];
  return [...set.suspended.keys()].flatMap((id) => {
    if (isNamed(run, id)) return [];
    const record = set.waiting.get(id);
    if (!record) return [`nobody knows who ${id} in suspended of set ${index + 1} is`];
    const user = run.poolAtEnd.find(({ userId }) => sameId(userId, record.userId));
    // The other set may delete a user who waits in both, after this one has looked.
    if (run.changes.deleted.some((its) => its.user.userId === record.userId)) return [];
    if (record.userId === run.touched || run.touchedBetween.has(record.userId)) return [];
    // Of somebody who vanished before, a plan without a refresh tells nothing until the day.
    const wasThere = run.poolAtPlan.some(({ userId }) => sameId(userId, record.userId));
    if (!user && !run.isRefreshed && !wasThere && !record.isDue) return [];
    if (!user) return [`${id} in suspended is not in the pool, and no message tells`];
    const isTrue = record.status === undefined || record.status === statusOf(user);
    const isOurs = !record.isOurs || !run.isDated || run.authorsAtEnd(record.userId) === "provider";
    return isTrue && isOurs
      ? []
      : [`${id} in suspended has the status ${statusOf(user)}, and no message tells`];
  });
}

function sameId(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** What an engine says if a provider breaks the rules of its protocol. */
const ENGINE_ERRORS =
  /Error: (?:Provider produced (?:inconsistent result|invalid)|Provider returned invalid|Plugin did not respond|Failed to load plugin)|plugin crashed/;
/** How an engine refuses an apply that differs from its plan. */
export const FINAL_PLAN = /Error: Provider produced inconsistent final plan/;

/**
 * Finds errors of the engine about the provider.
 *
 * @param isChanged whether something changed after the plan, so that the engine may refuse an apply that differs from it
 * @param isCut whether the provider was ended from outside
 */
export function engineErrors(text: string, { isChanged = false, isCut = false } = {}): string[] {
  if (isCut) return [];
  const wrong = ENGINE_ERRORS.test(text) || (!isChanged && FINAL_PLAN.test(text));
  return wrong ? ["the engine reports a broken provider"] : [];
}

/** The warnings and errors of a run, without what it shows of the plan. */
export function messagesIn(text: string): string {
  const first = text.search(/^(?:│ )?(?:Warning|Error):/m);
  return first < 0 ? "" : text.slice(first);
}
