import { error, UNKNOWN, warning, type Diagnostic } from "../../plugin";
import type { OperatorLimits } from "../../operator";
import { type ChangePlan, count } from "../../users";
import type { ProviderContext } from "../context";
import type { SetUpdate } from "./change";
import type { UserSetModel } from "./schema";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Warns the reviewer of a plan in which days count by GenAuth's clock, if this machine's differs from it by more than a day. One of them is wrong, or
 * something between them answers in GenAuth's place. This machine's clock decides nothing.
 *
 * @param now this machine's time, in milliseconds since 1970
 */
export function warnClocksDiffer(
  { suspendDays }: SetUpdate["change"],
  { ending, due }: ChangePlan,
  { pool }: ProviderContext,
  now = Date.now(),
): Diagnostic[] {
  const isDated = suspendDays > 0 ? ending.size > 0 : due.length > 0;
  if (!isDated) return [];
  const theirs = pool?.directory.serviceTime();
  if (theirs === undefined || Math.abs(theirs - now) <= DAY_MS) return [];
  const apart = count(Math.floor(Math.abs(theirs - now) / DAY_MS), "day");
  const [here, there] = [now, theirs].map((time) => new Date(time).toISOString().slice(0, 10));
  const detail = `GenAuth's answers say ${there ?? ""}, and this machine says ${here ?? ""}. The days between a suspension and a deletion count by GenAuth's answers. If this machine is right, a proxy or a cache may answer in GenAuth's place: look at the days in this plan before you approve it.`;
  return [warning(`The clocks of GenAuth and of this machine are ${apart} apart`, detail)];
}

/** Refuses `suspend_days` that are not known, because nobody could review who is deleted, or below the operator's minimum. */
export function refuseSuspendDays(
  { suspend_days: days }: Pick<UserSetModel, "suspend_days">,
  { minSuspendDays: least = 0 }: Pick<OperatorLimits, "minSuspendDays">,
): Diagnostic[] {
  const path = [{ attribute: "suspend_days" }];
  if (days === UNKNOWN) {
    const detail =
      "suspend_days refers to a value that is known only during apply, so the plan cannot say whether users are deleted or suspended first. Write it as a constant.";
    return [error("suspend_days is not known at plan", detail, path)];
  }
  if ((days ?? 0) >= least) return [];
  const detail = `This pipeline's GENAUTH_MIN_SUSPEND_DAYS asks for at least ${count(least, "day")} before a user is deleted; suspend_days is ${days ?? 0}. Raise it, or ask the pipeline's owner.`;
  return [error("suspend_days is below the pipeline's minimum", detail, path)];
}
