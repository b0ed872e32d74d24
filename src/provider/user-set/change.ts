import { error, type StateResponse } from "../../plugin";
import type { ProviderContext } from "../context";
import type { UserSetModel, userSetSchema } from "./schema";

/** What apply is asked to do with a set that stays or comes. */
export interface Change {
  readonly planned: UserSetModel;
  readonly config: UserSetModel | null;
  readonly privateData: Uint8Array;
  readonly context: ProviderContext;
}

/** For values that Terraform promises to know at apply. */
export function notKnownAtApply(
  state: UserSetModel | null,
  privateData: Uint8Array,
): StateResponse<typeof userSetSchema> {
  const diagnostics = [
    error(
      "Users are not known at apply",
      "Terraform asked to apply a set whose users it does not know. Nothing was changed.",
      [{ attribute: "users" }],
    ),
  ];
  return { state, privateData, diagnostics };
}
