import type { ApplyRequest, StateResponse } from "../../plugin";
import type { ProviderContext } from "../context";
import { createUserSet } from "./create";
import { letGoWarning } from "./let-go";
import type { userSetSchema } from "./schema";
import { updateUserSet } from "./update";
import { refuseNullUsers } from "./validate";

/** Does what was planned. Taking a set away deletes nobody: not destroy, not a removed block, not a replacement. */
export async function applyUserSet(
  request: ApplyRequest<typeof userSetSchema, ProviderContext>,
): Promise<StateResponse<typeof userSetSchema>> {
  const { prior, planned, config, privateData, context } = request;
  if (!planned)
    return { state: null, privateData, diagnostics: prior ? letGoWarning(prior, privateData) : [] };
  const refused = refuseNullUsers(planned);
  if (refused.length > 0) return { state: prior, privateData, diagnostics: refused };
  const change = { planned, config, privateData, context };
  return prior ? updateUserSet(prior, change) : createUserSet(change);
}
