import { compact } from "../../lists";
import { type DecidedFates, type EndedLeaver, type Endings, mayRevoke, survivorsOf } from "../fate";
import { DAY_MS, dateOf, deletionDay } from "../waiting-user";
import { count, describeIds, type Told, warningAbout } from "../wording";
import { describeDone } from "./describe-done";
import { describeFailures, describeKept } from "./describe-leavers";
import { describePlan, describeUnknownFates, type KnownAtPlan, type PlannedLeavers } from "./describe-plan";
import { describeNotOurs, describeWaiting } from "./describe-waiting";

/** A set after a change, as far as messages depend on it. */
export interface DescribedSet {
  /** Its users, id -> label. */
  readonly declared: ReadonlyMap<string, string>;
  /** For how many days it suspends users before it deletes them; 0 if it deletes them at once. */
  readonly suspendDays: number;
}

/** What a message of a plan depends on, beside the decision. */
export interface PlanCircumstances extends KnownAtPlan, Pick<PlannedLeavers, "isBinding"> {
  /** Whether something refuses the change, so that nobody is deleted. */
  readonly isRefused: boolean;
  /** GenAuth's time after the look-ups, in milliseconds since 1970. */
  readonly serviceTime: number | undefined;
}

/**
 * What a reviewer of a plan has to read: who is deleted or suspended, who is not and why, and what becomes of
 * those who wait.
 */
export function describeDecided(
  { declared, suspendDays: days }: DescribedSet,
  { leaving, waiting, lockedOut, isRightPool }: DecidedFates,
  { isRefused, serviceTime, ...known }: PlanCircumstances,
): Told[] {
  const kept = declared.size;
  const due = waiting.filter(mayRevoke);
  const isDated = days > 0 ? [...leaving, ...waiting].some(mayRevoke) : due.length > 0;
  const aboutOthers = compact(
    due.length > 0 && describePlan({ leavers: due, kept, areDue: true, ...known }, isRefused),
    describeWaiting(waiting, isRefused),
    describeLockedOut(lockedOut, declared),
    describeUnknownFates(known, isRightPool ? leaving : [], waiting),
    isDated && describeClocks(serviceTime),
  );
  if (leaving.length === 0 || !isRightPool) return aboutOthers;
  const ifToday = serviceTime === undefined ? undefined : dateOf(Date.parse(deletionDay(serviceTime, days)));
  const suspension = days > 0 ? { days, ifToday } : undefined;
  const isBinding = known.isBinding && due.length === 0;
  const plan = describePlan({ leavers: leaving, kept, ...known, isBinding, suspension }, isRefused);
  return [plan, ...aboutOthers];
}

/**
 * Warns if this machine's clock differs from GenAuth's by more than a day. One of them is wrong, or something
 * between them answers in GenAuth's place. This machine's clock decides nothing.
 *
 * @param theirs GenAuth's time, in milliseconds since 1970
 */
function describeClocks(theirs: number | undefined): Told | undefined {
  const now = Date.now();
  if (theirs === undefined || Math.abs(theirs - now) <= DAY_MS) return undefined;
  const apart = count(Math.round(Math.abs(theirs - now) / DAY_MS), "day");
  const detail = `GenAuth's answers say ${dateOf(theirs)}, and this machine says ${dateOf(now)}. The days between a suspension and a deletion count by GenAuth's answers. If this machine is right, a proxy or a cache may answer in GenAuth's place: look at the days in this plan before you approve it.`;
  return warningAbout([], `The clocks of GenAuth and of this machine are ${apart} apart`, detail);
}

/**
 * What an apply has to report: what became of everybody, who left and stays, who survived and why, and what
 * became of those who waited.
 *
 * @param lockedOut declared users who are suspended now, and were not at the last check
 */
export function describeEndings(
  { declared, suspendDays }: DescribedSet,
  { leaving, waiting }: Endings,
  lockedOut: readonly string[],
): Told[] {
  const removed = leaving.length;
  const due = waiting.filter(mayRevoke);
  const others = waiting.filter((leaver) => !mayRevoke(leaver));
  const notOurs = leaving.flatMap(({ ending }) =>
    ending.kind === "suspended" && !ending.user.isOurs ? [ending.user] : [],
  );
  return compact(
    ...describeDone([...leaving, ...waiting]),
    describeKept(leaving),
    describeFailures(suspendDays > 0 ? "suspend" : "delete", survivorsOf(leaving), removed),
    describeWaiting(waiting.filter(isToldAfter)),
    describeLockedOut(lockedOut, declared),
    describeFailures("reactivate", survivorsOf(others), removed),
    describeNotOurs(notOurs),
    describeFailures("delete_due", survivorsOf(due), removed),
  );
}

/**
 * Whether an apply tells again what became of a user who waited: what the plan may not have known, unless an
 * error says it.
 */
function isToldAfter({ fate, ending }: EndedLeaver): boolean {
  return fate.kind === "no_call" && ending.kind !== "survivor";
}

/** Names the declared users who are suspended; `undefined` if nobody is. */
function describeLockedOut(ids: readonly string[], declared: ReadonlyMap<string, string>): Told | undefined {
  if (ids.length === 0) return undefined;
  const detail = `They are declared, and their status in GenAuth is Suspended. This set does not reactivate them, because as far as it knows somebody else has suspended them, or it could not confirm that it did. If they should have access, reactivate them in GenAuth; if not, remove them:\n${describeIds(ids, declared)}`;
  return warningAbout(ids, `${count(ids.length, "declared user")} suspended in GenAuth`, detail);
}
