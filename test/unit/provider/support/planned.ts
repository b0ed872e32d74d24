import { planUserSet } from "../../../../src/provider/user-set/plan";
import type { ProviderContext } from "../../../../src/provider/context";
import type { Diagnostic } from "../../../../src/plugin";
import type { UserSetModel } from "../../../../src/provider/user-set/schema";
import type { PresentSet } from "../../../support/provider/refreshed-set";

/** Plans, without a refresh, that these attributes of a set change. */
export function planWith(
  { state, privateData }: PresentSet,
  changes: Partial<UserSetModel>,
  context: ProviderContext,
): ReturnType<typeof planUserSet> {
  const proposed: UserSetModel = { ...state, ...changes };
  return planUserSet({ prior: state, proposed, config: proposed, privateData, context });
}

/** The severity and the headline of each diagnostic. */
export function headlinesOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string[] {
  return diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`);
}

/** The detail of the only diagnostic. */
export function detailOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string {
  const [only, ...others] = diagnostics;
  if (!only || others.length > 0) throw new Error(`There are ${diagnostics.length} diagnostics.`);
  return only.detail;
}
