import { type PlanJson, priorObjects } from "../terraform-json";
import { readPlanMessage } from "../users";
import type { ReportedMessage } from "./plan-messages";
import type { PlannedChange, PlannedLeaver } from "./planned-change";
import { readSnapshot } from "./set-snapshot";

/**
 * Finds the sets at which a plan failed. Such a plan does not show their change, but the provider's message names the first
 * users whom it would have deleted, and counts them all.
 *
 * @param known the changes that the plan shows
 */
export function readRefusedSets(
  plan: PlanJson,
  known: readonly PlannedChange[],
  messages: readonly ReportedMessage[] = [],
): PlannedChange[] {
  if (!plan.errored) return [];
  return priorObjects(plan).flatMap(({ address, mode, type, values, sensitive_values, deposed_key }) => {
    if (mode !== "managed" || deposed_key !== undefined || !values) return [];
    const prior = readSnapshot(type, { values, sensitive: sensitive_values });
    const own = messages.filter((message) => message.address === address);
    if (!prior || known.some((change) => change.address === address)) return [];
    // Users who wait may be due. The state does not hold their labels.
    const waiting = [...prior.suspended.keys()].map((id) => [id, undefined] as const);
    const labels = new Map([...waiting, ...prior.users]);
    const read = own.map((message) => readPlanMessage(message, labels));
    const stated = read.flatMap(({ removals }) => [...removals]);
    const unnamed = { deleted: 0, suspended: 0 };
    for (const { removals, unnamed: its } of read) {
      const suspends = [...removals.values()].some((said) => said.suspends);
      unnamed[suspends ? "suspended" : "deleted"] +=
        (its.get("delete") ?? 0) + (its.get("not_looked_up") ?? 0);
    }
    const survivors = new Set(prior.drift.survivors);
    const leavers = stated.map(([id, said]): PlannedLeaver => {
      const label = prior.users.get(id);
      const suspendedUntil = label === undefined ? prior.suspended.get(id) : undefined;
      return {
        id,
        ...(label !== undefined && { label }),
        fate: !said.isRevoked ? "not_deleted" : said.suspends ? "suspended" : "deleted",
        survivor: survivors.has(id),
        ...(suspendedUntil !== undefined && { suspendedUntil }),
      };
    });
    if (leavers.length === 0) return [];
    return [
      {
        address,
        action: "refused",
        prior,
        leavers,
        unnamed,
        joiners: [],
        reactivated: [],
        relabelled: [],
        removalsStated: true,
        changed: [],
        endsWaiting: false,
      },
    ];
  });
}
