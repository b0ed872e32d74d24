import { error, warning, type Diagnostic, type StateResponse } from "../../plugin";
import {
  type Decision,
  describeDueSurvivors,
  describeHarmed,
  describeKept,
  describeNotOurs,
  describeNotReactivated,
  describeNotSuspended,
  describePlan,
  describeSurvivors,
  describeWaiting,
  type Leaver,
  leaversWith,
  mayEnd,
  type Message,
  type EndedLeaver,
  type Endings,
  PROTECTED_UNKNOWN,
  type Refusal,
  type ReviewedPlan,
  survivorsOf,
  type WaitingMessage,
} from "../../users";
import type { ProviderContext } from "../context";
import { plannedSuspension, type SetUpdate } from "./change";
import type { UserSetModel, userSetSchema } from "./schema";
import { warnClocksDiffer } from "./suspend-days";

/**
 * A warning about some users of one set. The summary names the first user. Otherwise Terraform and OpenTofu would merge
 * warnings of several sets into one, "and one more similar warning elsewhere", and hide the second set.
 *
 * @param ids the users; if empty, the summary names nobody
 */
export function setWarning(summary: string, detail: string, ids: Iterable<string>): Diagnostic {
  const [first, second] = ids;
  const whom = first === undefined ? "" : `: ${first}${second === undefined ? "" : ", …"}`;
  return warning(`${summary}${whom}`, detail);
}

/** What a reviewer of a plan has to read: who is deleted or suspended, who is not and why, and what becomes of those who wait. */
export function planDiagnostics(
  change: SetUpdate["change"],
  { leaving, waiting, isRightPool }: Decision,
  isRefused: boolean,
  context: ProviderContext,
): Diagnostic[] {
  const kept = change.declared.size;
  const due = leaversWith(waiting, "delete");
  const aboutWaiting = [
    ...(due.length > 0 ? [aboutLeavers(due, describePlan({ leavers: due, kept, isBinding: true }))] : []),
    ...aboutThoseWho(describeWaiting(waiting)),
    ...(due.length > 0 || (change.suspendDays > 0 && leaving.some(mayEnd)) ? warnClocksDiffer(context) : []),
  ];
  if (leaving.length === 0 || !isRightPool) return aboutWaiting;
  const suspension = plannedSuspension(change, context);
  const message = describePlan({ leavers: leaving, kept, isBinding: true, suspension }, isRefused);
  const ending = leaving.filter(mayEnd);
  return [
    aboutLeavers(ending.length > 0 ? ending : leaving, message),
    ...aboutWaiting,
    ...(context.protectedUsersKnown ? [] : [warning(PROTECTED_UNKNOWN.summary, PROTECTED_UNKNOWN.detail)]),
  ];
}

/** What an apply has to report: who left and stays, who survived and why, and what became of those who waited. */
export function applyDiagnostics(
  { suspendDays }: SetUpdate["change"],
  { leaving, waiting }: Endings,
  reviewed: ReviewedPlan,
): Diagnostic[] {
  const kept = leaversWith(leaving, "keep");
  const describe = suspendDays > 0 ? describeNotSuspended : describeSurvivors;
  const isDeleting = ({ fate }: EndedLeaver): boolean => fate.kind === "delete";
  const survivors = survivorsOf(leaving);
  const notReactivated = survivorsOf(waiting.filter((leaver) => !isDeleting(leaver)));
  const dueSurvivors = survivorsOf(waiting.filter(isDeleting));
  const harmed = waiting.flatMap(({ id, label, ending }) =>
    ending.kind === "reactivated" && ending.harm !== undefined ? [{ id, label, reason: ending.harm }] : [],
  );
  const notOurs = leaving.flatMap(({ ending }) =>
    ending.kind === "suspended" && !ending.user.isOurs ? [ending.user] : [],
  );
  return [
    ...(kept.length > 0 ? [aboutLeavers(kept, describeKept(kept))] : []),
    ...(survivors.length > 0 ? [errorOf(describe(survivors, leaving.length))] : []),
    ...aboutThoseWho(describeWaiting(waiting.filter((leaver) => isToldAfter(leaver, reviewed)))),
    ...(harmed.length > 0 ? [errorOf(describeHarmed(harmed))] : []),
    ...(notReactivated.length > 0 ? [errorOf(describeNotReactivated(notReactivated))] : []),
    ...aboutThoseWho(describeNotOurs(notOurs)),
    ...(dueSurvivors.length > 0 ? [errorOf(describeDueSurvivors(dueSurvivors))] : []),
  ];
}

/** Whether an apply tells again what became of a user who waited: released, perhaps only since the plan, or passed over. */
function isToldAfter({ id, fate, waiting }: EndedLeaver, { allows }: ReviewedPlan): boolean {
  if (fate.kind === "release") return true;
  if (fate.kind !== "delete" && waiting?.isDue && allows(id, "delete")) return true;
  // Declared again, and this apply could not tell whether to reactivate the user.
  const why = fate.kind === "wait" ? fate.why : undefined;
  return (why?.kind === "absent" || why?.kind === "no_status") && why.isDeclared === true;
}

/** Without a path: Terraform would print the whole map beneath it, which hides the message of a large set. */
function aboutLeavers(leavers: readonly Leaver[], { summary, detail }: Message): Diagnostic {
  const ids = leavers.map(({ id }) => id);
  return setWarning(summary, detail, ids);
}

function aboutThoseWho(message: WaitingMessage | undefined): Diagnostic[] {
  return message ? [setWarning(message.summary, message.detail, message.ids)] : [];
}

function errorOf({ summary, detail }: Message): Diagnostic {
  return error(summary, detail);
}

/** The refusals of a plan as diagnostics. */
export function refusalDiagnostics(refusals: readonly Refusal[]): Diagnostic[] {
  return refusals.map(({ summary, detail, attribute }) =>
    error(summary, detail, attribute ? [{ attribute }] : undefined),
  );
}

/** An error for users that are unknown at apply, which Terraform rules out. */
export function notKnownAtApply(
  state: UserSetModel | null,
  privateData: Uint8Array,
): StateResponse<typeof userSetSchema> {
  const diagnostics = [
    error(
      "Users are not known at apply",
      "Terraform asked to apply a set whose users it does not know. Nothing was changed.",
      [{ attribute: "users" }],
    ),
  ];
  return { state, privateData, diagnostics };
}
