import { applyUserSet } from "../../../../src/provider/user-set/apply";
import { planUserSet } from "../../../../src/provider/user-set/plan";
import type { ProviderContext } from "../../../../src/provider/context";
import type { Diagnostic } from "../../../../src/plugin";
import type { UserSetModel } from "../../../../src/provider/user-set/schema";
import type { PresentSet } from "../../../support/provider/refreshed-set";

/** Plans that these attributes of a set change, in a process that has refreshed the set. */
export function planWith(
  set: PresentSet,
  changes: Partial<UserSetModel>,
  context: ProviderContext,
): ReturnType<typeof planUserSet> {
  context.refreshed.add(set.state.id);
  return planUnrefreshed(set, changes, context);
}

/** The same in a process that has refreshed nothing, as an apply does, and a plan with `-refresh=false`. */
export function planUnrefreshed(
  { state, privateData }: PresentSet,
  changes: Partial<UserSetModel>,
  context: ProviderContext,
): ReturnType<typeof planUserSet> {
  const proposed: UserSetModel = { ...state, ...changes };
  return planUserSet({ prior: state, proposed, config: proposed, privateData, context });
}

/**
 * Plans a new set.
 *
 * @param privateData that of the plan of an update, if an engine replaces a set
 */
export function planNew(
  attributes: UserSetModel,
  context: ProviderContext,
  privateData: Uint8Array = new Uint8Array(),
): ReturnType<typeof planUserSet> {
  const proposed: UserSetModel = { ...attributes, id: null };
  return planUserSet({ prior: null, proposed, config: proposed, privateData, context });
}

/** Applies a plan as it is, without a second one. @param privateData default that of the set */
export async function applyPlan(
  { state: prior, ...set }: PresentSet,
  planned: UserSetModel | null,
  context: ProviderContext,
  privateData: Uint8Array = set.privateData,
): ReturnType<typeof applyUserSet> {
  return await applyUserSet({ prior, planned, config: planned, privateData, context });
}

/** The severity and the headline of each diagnostic. */
export function headlinesOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string[] {
  return diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`);
}

/** The headlines of the errors. */
export function errorsOf(response: { readonly diagnostics: readonly Diagnostic[] }): string[] {
  return headlinesOf(response).filter((line) => line.startsWith("error"));
}

/** The detail of the only diagnostic. */
export function detailOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string {
  const [only, ...others] = diagnostics;
  if (!only || others.length > 0) throw new Error(`There are ${diagnostics.length} diagnostics.`);
  return only.detail;
}
