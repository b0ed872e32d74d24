import { type PlanJson, priorObjects } from "../terraform-json";
import { countsAsDeletion, readPlanMessage } from "../users";
import type { ReportedMessage } from "./plan-messages";
import type { SetChange } from "./set-change";
import { readSnapshot } from "./user-set";

/**
 * Finds the sets at which a plan failed. Such a plan does not show their change, but the provider's message names everyone
 * whom it would have deleted.
 *
 * @param known the changes that the plan shows
 */
export function readRefusedSets(
  plan: PlanJson,
  known: readonly SetChange[],
  messages: readonly ReportedMessage[] = [],
): SetChange[] {
  if (!plan.errored) return [];
  return priorObjects(plan).flatMap(({ address, mode, type, values, sensitive_values, deposed_key }) => {
    if (mode !== "managed" || deposed_key !== undefined || !values) return [];
    const prior = readSnapshot(type, { values, sensitive: sensitive_values });
    const own = messages.filter((message) => message.address === address);
    if (!prior || known.some((change) => change.address === address)) return [];
    const stated = own.flatMap(({ detail }) => [...readPlanMessage(detail, prior.users).removals]);
    const survivors = new Set(prior.drift.survivors);
    const leavers = stated.map(([id, said]) => ({
      id,
      label: prior.users.get(id) ?? "",
      fate: countsAsDeletion(said) ? ("deleted" as const) : ("not_deleted" as const),
      survivor: survivors.has(id),
    }));
    if (leavers.length === 0) return [];
    return [
      {
        address,
        action: "refused",
        prior,
        leavers,
        joiners: [],
        relabelled: [],
        removalsStated: true,
        changed: [],
        endsWaiting: false,
      },
    ];
  });
}
