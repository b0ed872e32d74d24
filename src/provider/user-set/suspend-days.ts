import { error, UNKNOWN, type Diagnostic } from "../../plugin";
import type { OperatorLimits } from "../../operator";
import { count } from "../../users";
import type { UserSetModel } from "./schema";

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
