import type { StateResponse } from "../../plugin";
import { applyRemovals, DeleteBy } from "../../users";
import { notKnownAtApply, type Change } from "./change";
import { idTypeOf, usersOf } from "./model";
import { decodePrivateData } from "./private-data";
import { planSetRemovals, refusalDiagnostics } from "./removals";
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
  if (!declared) return notKnownAtApply(prior, privateData);

  const data = decodePrivateData(privateData, held.keys());
  const plan = await planSetRemovals({ prior, planned, declared, config, data, context }, true);
  const { resolutions, refusals } = plan;
  if (refusals.length > 0) return { state: prior, privateData, diagnostics: refusalDiagnostics(refusals) };

  const { pool, stop, logger, progress } = context;
  const tell = progress.begin("deleting users");
  const { gone, survivors, endings, removals } = await applyRemovals(
    plan.removals,
    pool && {
      ...pool,
      type: idTypeOf(prior),
      ...(planned.delete_by === DeleteBy.USER_ID && { deleteBy: DeleteBy.USER_ID }),
      stop,
      onProgress: ({ gone, survivors, kept, total }) => tell({ done: gone + survivors + kept, total }),
    },
  );
  logger.info("user set applied", {
    removed: removals.length,
    gone: gone.length,
    survivors: survivors.length,
    declared: declared.size,
  });
  return stateAfter({
    prior,
    planned,
    declared,
    data,
    removals,
    resolutions,
    survivors,
    endings,
    check: pool?.incremental,
  });
}
