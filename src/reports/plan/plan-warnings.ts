import type { PlanJson } from "../../terraform-json";
import { leaversOf } from "./leaver";
import type { ReportedWarning } from "./plan-report";
import type { SetChange } from "./set-change";

/** What a reviewer must know that the plan shows without saying it. */
export function planWarnings(plan: PlanJson, changes: readonly SetChange[]): ReportedWarning[] {
  return [
    ...(plan.errored ? [PLAN_FAILED] : []),
    ...changes.flatMap((change) => [
      ...notKnown(change),
      ...lostRemovals(change),
      ...protectedNotKnown(change),
    ]),
  ];
}

const PLAN_FAILED: ReportedWarning = {
  severity: "error",
  summary: "The plan failed, so it cannot be applied and this report is not complete",
  detail:
    "The engine's own output says why: a guard, an unreachable user pool, a mistake in the configuration.",
};

function notKnown({ address, planned }: SetChange): ReportedWarning[] {
  if (planned?.usersKnown !== false) return [];
  return [
    {
      severity: "warning",
      summary: `Who leaves ${address} is not known yet`,
      detail:
        "Its users come from something that is known only during apply, so nobody can review who is deleted. Apply what they come from first (-target), then plan again.",
    },
  ];
}

/**
 * A set that is let go takes the removals that were still to be done with it; a drift check finds the accounts later.
 */
function lostRemovals({ address, action, prior, planned }: SetChange): ReportedWarning[] {
  if (action !== "let_go" || !prior) return [];
  const pending = prior.drift.survivors.length;
  const leaving = planned?.usersKnown
    ? [...prior.users.keys()].filter((id) => !planned.users.has(id)).length
    : 0;
  if (pending + leaving === 0 || (planned && planned.userIdType !== prior.userIdType && pending === 0))
    return [];
  return [
    {
      severity: "warning",
      summary: `Removals from ${address} are lost`,
      detail:
        "The set is destroyed or replaced in this change, which deletes nobody: whoever was still to be deleted keeps the account. Make the two changes one after the other.",
    },
  ];
}

function protectedNotKnown({ address, action, prior, planned, protection }: SetChange): ReportedWarning[] {
  if (action !== "update") return [];
  if (prior?.engine === "null" && planned && leaversOf(prior, planned, protection).length > 0)
    return [nullResource(address)];
  if (protection.complete) return [];
  return [
    {
      severity: "warning",
      summary: `Whom the provider of ${address} protects is not in the plan`,
      detail: "protected_users is an expression there. Some of those who are listed as deleted may be kept.",
    },
  ];
}

/** What the set hands to its provisioner is an expression in the plan, so nobody can read it there. */
function nullResource(address: string): ReportedWarning {
  return {
    severity: "warning",
    summary: `Guards of ${address}, and whom it keeps, are not in the plan`,
    detail:
      "A set of the null engine holds its guards and decides who is retained, protected, still declared or gone at apply, before anybody is deleted. Some of those who are listed as deleted may be kept.",
  };
}
