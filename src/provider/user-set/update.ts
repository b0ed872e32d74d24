import type { StateResponse } from "../../plugin";
import { carryOutRemovals } from "../../users";
import { notKnownAtApply, type Change } from "./change";
import { checkSetGuards } from "./guards";
import { judge } from "./judge";
import { heldBefore, idTypeOf, retainedOf, usersOf } from "./model";
import { decodePrivateData, withoutPlan } from "./private-data";
import type { UserSetModel, userSetSchema } from "./schema";
import { stateAfter } from "./state-after";

type Response = StateResponse<typeof userSetSchema>;

/**
 * Deletes who leaves the set and may be deleted, reads back until they are gone, and puts the survivors back into the
 * state, so that the next plan shows just them again.
 */
export async function updateUserSet(prior: UserSetModel, change: Change): Promise<Response> {
  const { planned, config, privateData, context } = change;
  const held = usersOf(prior) ?? new Map<string, string>();
  const declared = usersOf(planned);
  const type = idTypeOf(prior);
  const unchanged = withoutPlan(privateData, [...held.keys()], type);
  if (!declared) return notKnownAtApply(prior, unchanged);

  const data = decodePrivateData(privateData, held.keys());
  const judgement = await judge({
    type,
    prior: heldBefore(held, declared, data.newcomers),
    declared,
    retained: retainedOf(planned),
    data,
    context,
    confirmWithinMs: context.pool?.confirmWithinMs,
  });
  const guards = checkSetGuards({
    removals: judgement.removals,
    heldBefore: held.size,
    planned,
    config,
    prior,
    context,
  });
  const refused = [...judgement.doubts, ...guards];
  if (refused.length > 0) return { state: prior, privateData: unchanged, diagnostics: refused };

  const { pool, stop, logger, progress } = context;
  const tell = progress.begin("deleting users");
  const { gone, survivors } = await carryOutRemovals(
    judgement.removals,
    pool && {
      ...pool,
      type,
      stop,
      onProgress: ({ gone, survivors, total }) => tell({ done: gone + survivors, total }),
    },
  );
  logger.info("user set applied", {
    removed: judgement.removals.length,
    gone: gone.length,
    survivors: survivors.length,
    declared: declared.size,
  });
  return stateAfter({ prior, planned, declared, data, judgement, survivors, check: pool?.incremental });
}
