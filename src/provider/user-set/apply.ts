import type { ApplyRequest, StateResponse } from "../../plugin";
import { applyChange, DeleteBy, type OnProgress } from "../../users";
import type { ProviderContext } from "../context";
import { attributesAfter } from "./applied-attributes";
import { approvedPlanOf } from "./attributes";
import { changeContextOf, changeOf } from "./change";
import { createUserSet } from "./create";
import { notKnownAtApply, refusalOf, toldDiagnostics } from "./diagnostics";
import { encodeMemory } from "./memory-codec";
import { idTypeOf } from "./model";
import { releaseWarning } from "./release";
import type { UserSetModel, userSetSchema } from "./schema";
import { refuseNullUsers } from "./validate";

type Request = ApplyRequest<typeof userSetSchema, ProviderContext>;
type Response = StateResponse<typeof userSetSchema>;

/** Applies a plan. Releasing a set deletes nobody: not destroy, not a removed block, not a replacement. */
export async function applyUserSet({ prior, planned, privateData, context }: Request): Promise<Response> {
  if (!planned) return { state: null, privateData, diagnostics: prior ? releaseWarning(prior, "done") : [] };
  const refused = refuseNullUsers(planned);
  if (refused.length > 0) return { state: prior, privateData, diagnostics: refused };
  if (!prior) return createUserSet(planned, context);
  return updateUserSet(prior, planned, privateData, context);
}

/**
 * Decides once more who leaves, within the approved plan, and carries that out. Survivors stay in the state,
 * so that the next plan shows them again.
 */
async function updateUserSet(
  prior: UserSetModel,
  planned: UserSetModel,
  privateData: Uint8Array,
  context: ProviderContext,
): Promise<Response> {
  const update = changeOf(prior, planned, privateData);
  if (!update) return notKnownAtApply(prior, privateData);
  const { pool, logger, progress } = context;
  let tell: OnProgress | undefined;
  const applied = await applyChange(
    { ...update, approved: approvedPlanOf(planned) },
    changeContextOf(context, true),
    pool && {
      ...pool,
      deleteBy: planned.delete_by === DeleteBy.USER_ID ? DeleteBy.USER_ID : undefined,
      onProgress: (deletions) => {
        tell ??= progress.begin("deleting users");
        tell(deletions);
      },
    },
  );
  if ("refusals" in applied)
    return { state: prior, privateData, diagnostics: applied.refusals.map(refusalOf) };
  const { leaving, waiting, memory, told } = applied;
  const state = attributesAfter(planned, update, applied);
  const users = state.users instanceof Map ? state.users.keys() : [];
  const counted = (kind: string): number =>
    [...leaving, ...waiting].filter(({ ending }) => ending.kind === kind).length;
  logger.info("user set applied", {
    removed: leaving.length,
    gone: counted("gone"),
    suspended: counted("suspended"),
    survivors: counted("survivor"),
    declared: update.change.declared.size,
  });
  return {
    state,
    privateData: encodeMemory(memory, users, idTypeOf(planned)),
    diagnostics: toldDiagnostics(told),
  };
}
