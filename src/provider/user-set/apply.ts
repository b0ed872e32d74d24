import type { ApplyRequest, StateResponse } from "../../plugin";
import { carryOut, decideChange, DeleteBy, describeEndings, nextMemory } from "../../users";
import type { ProviderContext } from "../context";
import { attributesAfter, reviewedPlanOf } from "./attributes";
import { changeContextOf, changeOf } from "./change";
import { createUserSet } from "./create";
import { notKnownAtApply, refusalDiagnostics, toldDiagnostics } from "./diagnostics";
import { encodeMemory, notesIn, type PlanNotes, withNotes } from "./memory-codec";
import { idTypeOf } from "./model";
import { releaseWarning } from "./release";
import type { UserSetModel, userSetSchema } from "./schema";
import { seenAfter } from "./suspend-days";
import { refuseNullUsers } from "./validate";

type Request = ApplyRequest<typeof userSetSchema, ProviderContext>;
type Response = StateResponse<typeof userSetSchema>;

/** Applies a plan. Releasing a set deletes nobody: not destroy, not a removed block, not a replacement. */
export async function applyUserSet({ prior, planned, context, ...request }: Request): Promise<Response> {
  const privateData = withNotes(request.privateData, {});
  if (!planned) return { state: null, privateData, diagnostics: prior ? releaseWarning(prior) : [] };
  const refused = refuseNullUsers(planned);
  if (refused.length > 0) return { state: prior, privateData, diagnostics: refused };
  if (!prior) return createUserSet(planned, context);
  return updateUserSet(prior, planned, privateData, notesIn(request.privateData), context);
}

/**
 * Decides once more who leaves, within the approved plan, and carries that out. Survivors stay in the state, so that the next plan shows
 * them again.
 */
async function updateUserSet(
  prior: UserSetModel,
  planned: UserSetModel,
  privateData: Uint8Array,
  { addedElsewhere }: PlanNotes,
  context: ProviderContext,
): Promise<Response> {
  const update = changeOf(prior, planned, privateData);
  if (!update) return notKnownAtApply(prior, privateData);
  const { change, memory } = update;
  const { pool, logger, progress } = context;
  const reviewed = reviewedPlanOf(planned);
  const changeContext = changeContextOf(context, true, addedElsewhere);
  const decision = await decideChange(change, changeContext, reviewed);
  const { refusals, resolutions } = decision;
  if (refusals.length > 0) return { state: prior, privateData, diagnostics: refusalDiagnostics(refusals) };

  const tell = progress.begin("deleting users");
  const endings = await carryOut(
    change,
    decision,
    changeContext,
    pool && {
      ...pool,
      ...(planned.delete_by === DeleteBy.USER_ID && { deleteBy: DeleteBy.USER_ID }),
      onProgress: ({ gone, survivors, kept, total }) => tell({ done: gone + survivors + kept, total }),
    },
  );
  const next = nextMemory(change, memory, endings, {
    resolutions,
    check: pool?.incremental,
    ...seenAfter(memory, planned, context),
  });
  const state = attributesAfter(planned, update, endings, { stillWaiting: next.waiting, resolutions });
  const users = state.users instanceof Map ? state.users.keys() : [];
  const counted = (kind: string): number =>
    [...endings.leaving, ...endings.waiting].filter(({ ending }) => ending.kind === kind).length;
  logger.info("user set applied", {
    removed: endings.leaving.length,
    gone: counted("gone"),
    suspended: counted("suspended"),
    survivors: counted("survivor"),
    declared: change.declared.size,
  });
  return {
    state,
    privateData: encodeMemory(next.memory, users, idTypeOf(planned)),
    diagnostics: toldDiagnostics(describeEndings(change, endings, reviewed)),
  };
}
