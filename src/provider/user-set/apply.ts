import type { ApplyRequest, StateResponse } from "../../plugin";
import type { ProviderContext } from "../context";
import { createUserSet } from "./create";
import { withMark } from "./private-data";
import { releaseWarning } from "./release";
import type { userSetSchema } from "./schema";
import { updateUserSet } from "./update";
import { refuseNullUsers } from "./validate";

/** Applies a plan. Releasing a set deletes nobody: not destroy, not a removed block, not a replacement. */
export async function applyUserSet(
  request: ApplyRequest<typeof userSetSchema, ProviderContext>,
): Promise<StateResponse<typeof userSetSchema>> {
  const { prior, planned, config, privateData, context } = request;
  if (!planned) return { state: null, privateData, diagnostics: prior ? releaseWarning(prior) : [] };
  const refused = refuseNullUsers(planned);
  if (refused.length > 0) return { state: prior, privateData, diagnostics: refused };
  const change = { planned, config, privateData: withMark(privateData, undefined), context };
  return prior ? updateUserSet(prior, change) : createUserSet(change);
}
