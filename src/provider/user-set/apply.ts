import { error, type ApplyRequest, type Diagnostic, type StateResponse } from "../../plugin";
import type { ProviderContext } from "../context";
import { createUserSet } from "./create";
import { letGoWarning } from "./let-go";
import type { UserSetModel, userSetSchema } from "./schema";
import { updateUserSet } from "./update";

/** What apply is asked to do with a set that stays or comes. */
export interface Change {
  readonly planned: UserSetModel;
  readonly config: UserSetModel | null;
  readonly privateData: Uint8Array;
  readonly context: ProviderContext;
}

type Response = StateResponse<typeof userSetSchema>;

/** Does what was planned. Taking a set away deletes nobody: not destroy, not a removed block, not a replacement. */
export async function applyUserSet(
  request: ApplyRequest<typeof userSetSchema, ProviderContext>,
): Promise<Response> {
  const { prior, planned, config, privateData, context } = request;
  if (!planned)
    return { state: null, privateData, diagnostics: prior ? letGoWarning(prior, privateData) : [] };
  const change = { planned, config, privateData, context };
  return prior ? updateUserSet(prior, change) : createUserSet(change);
}

/** For values that Terraform promises to know at apply. */
export function notKnownAtApply(state: UserSetModel | null, privateData: Uint8Array): Response {
  const diagnostics: Diagnostic[] = [
    error(
      "Users are not known at apply",
      "Terraform asked to apply a set whose users it does not know. Nothing was changed.",
      [{ attribute: "users" }],
    ),
  ];
  return { state, privateData, diagnostics };
}
