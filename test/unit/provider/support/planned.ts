import { expect } from "@jest/globals";
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

/** A diagnostic without its detail. */
export type Headline = Pick<Diagnostic, "severity" | "summary">;

/** A warning with this summary. */
export const warning = (summary: string): Headline => ({ severity: "warning", summary });

/** An error with this summary. */
export const error = (summary: string): Headline => ({ severity: "error", summary });

/** Any headline with these words, to compare with. */
export const saying = (words: string): unknown =>
  expect.objectContaining({ summary: expect.stringContaining(words) });

/** The severity and the summary of each diagnostic. */
export function headlinesOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): Headline[] {
  return diagnostics.map(({ severity, summary }) => ({ severity, summary }));
}

/** The errors. */
export function errorsOf(response: { readonly diagnostics: readonly Diagnostic[] }): Headline[] {
  return headlinesOf(response).filter(({ severity }) => severity === "error");
}

/** The detail of the only diagnostic. */
export function detailOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string {
  const [only, ...others] = diagnostics;
  if (!only || others.length > 0) throw new Error(`There are ${diagnostics.length} diagnostics.`);
  return only.detail;
}

/** The attributes that say how an apply ended for each user. */
const ENDINGS = ["removals", "suspensions", "reactivations", "leaver_user_ids", "rebindings"] as const;

/** A state in which all of them have this value. */
export function endings<T>(value: T): Record<(typeof ENDINGS)[number], T> {
  return Object.fromEntries(ENDINGS.map((name) => [name, value])) as Record<(typeof ENDINGS)[number], T>;
}

/** An element of a map that a state holds. */
export function elementOf(
  state: UserSetModel | null | undefined,
  name: "users" | "removals",
  id: string,
): unknown {
  const value = state?.[name];
  return value instanceof Map ? value.get(id) : undefined;
}
