import { type Checkpoint, type KnownSet, selectIdsToRefresh } from "../../users";
import type { ProviderContext, UserPool } from "../context";
import { lastDrift } from "./model";
import type { PrivateData } from "./private-data";
import type { UserSetModel } from "./schema";

/**
 * Says whom a refresh looks up, and tells the log why it is everybody where that was not asked for.
 *
 * @returns the ids, and the checkpoint to be kept where the look-ups decide every id
 */
export async function whomToLookUp(
  state: UserSetModel,
  ids: readonly string[],
  data: PrivateData,
  { incremental }: UserPool,
  { stop, logger }: Pick<ProviderContext, "stop" | "logger">,
): Promise<{ readonly ids: readonly string[]; readonly checkpoint?: Checkpoint }> {
  if (!incremental) return { ids };
  const drift = lastDrift(state);
  const set: KnownSet = {
    ids,
    bindings: data.bindings,
    unsettled: new Set([...(drift?.missing ?? []), ...data.undeclared, ...data.rebindings.keys()]),
  };
  // Without a drift, nobody says who was missing.
  const plan = await selectIdsToRefresh(set, drift && data.checkpoint, incremental, stop);
  if (plan.fallback) {
    const { why, archiveFailed } = plan.fallback;
    logger[archiveFailed ? "warn" : "info"](`refresh looks everybody up: ${why}`, { users: ids.length });
  } else {
    logger.info("refresh is incremental", { users: ids.length, lookedUp: plan.ids.length });
  }
  return plan;
}
