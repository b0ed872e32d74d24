import { error, UNKNOWN, type Diagnostic, type StateResponse } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { userSet } from "../../../src/provider/provider";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";

/**
 * The engine's part for one user set, in this process: it refreshes, plans, plans again and applies with the provider's code, and
 * checks the answers as Terraform does. Each proof decides which provider does which step, and what happens between them.
 */

/** A set in the engine's state, with its private data. */
export type KeptSet = Omit<StateResponse<typeof userSetSchema>, "diagnostics">;

/** The state of a set before it is created. */
export const NO_SET: KeptSet = { state: null, privateData: new Uint8Array() };

/** A planned change of a set. */
export interface SetPlan {
  readonly prior: KeptSet;
  /** The block as it is written: omitted attributes are null or have their default; null if there is no block. */
  readonly config: UserSetModel | null;
  readonly planned: UserSetModel | null;
  readonly privateData: Uint8Array;
  /** Whether the set is created anew. The removal of the old one is left out: it calls nobody. */
  readonly isReplaced: boolean;
  /** Whether the plan shows no change. An engine applies no such plan. */
  readonly isEmpty: boolean;
}

/** Refreshes a set. @param seen receives the diagnostics, here and below */
export async function refreshSet(
  { state, privateData }: KeptSet,
  context: ProviderContext,
  seen: Diagnostic[],
): Promise<KeptSet> {
  if (!state) return { state, privateData };
  const { diagnostics, ...refreshed } = await userSet.read({ state, privateData, context });
  seen.push(...diagnostics);
  return refreshed;
}

/** Plans what makes a set as its block says. An engine refuses a plan that is not what the block says. */
export async function planSet(
  prior: KeptSet,
  config: UserSetModel | null,
  context: ProviderContext,
  seen: Diagnostic[],
): Promise<SetPlan> {
  if (!prior.state && !config) return unchanged(prior, config);
  const ask = (kept: KeptSet) => askForPlan(kept, config, context, seen);
  const plan = await ask(prior);
  const isReplaced = (plan.requiresReplace ?? []).length > 0;
  // The second half of a replacement is a creation, with the private data that the first half planned.
  const last = isReplaced ? await ask({ state: null, privateData: plan.privateData }) : plan;
  const { planned, diagnostics } = last;
  if (planned && config && !isFailed(diagnostics))
    for (const name of ["users", "retained_ids", "max_deletions_percent"] as const)
      if (!isSame(planned[name], config[name]))
        seen.push(error("Provider produced invalid plan", `.${name}`));
  const isEmpty = isSame(planned, prior.state);
  return { prior, config, planned, privateData: plan.privateData, isReplaced, isEmpty };
}

/** The plan that changes nothing: of a set that is not there, or by an engine that only refreshes. */
export function unchanged(prior: KeptSet, config = prior.state): SetPlan {
  const { state: planned, privateData } = prior;
  return { prior, config, planned, privateData, isReplaced: false, isEmpty: true };
}

/**
 * Plans a second time, as the engine does at apply: from the state, and for a replacement with the private data of the plan. Nothing
 * else of the plan reaches the apply.
 *
 * @returns undefined if the apply is refused: a value that the plan knew is another one now
 */
export async function planAgain(
  plan: SetPlan,
  context: ProviderContext,
  seen: Diagnostic[],
): Promise<SetPlan | undefined> {
  const { prior, config, privateData, isReplaced } = plan;
  const from = isReplaced ? { state: null, privateData } : prior;
  const again = await askForPlan(from, config, context, seen);
  // An engine compares a plan with the approved one only if it has no error.
  const changed = isFailed(again.diagnostics) ? [] : differences(plan.planned, again.planned);
  seen.push(...changed.map((path) => error("Provider produced inconsistent final plan", path)));
  if (isFailed(again.diagnostics) || changed.length > 0) return undefined;
  return { ...plan, planned: again.planned, privateData: again.privateData };
}

/** Applies a plan. The set in the result is the one that the engine keeps, after an error too. */
export async function applySet(
  { prior, config, planned, privateData, isReplaced }: SetPlan,
  context: ProviderContext,
  seen: Diagnostic[],
): Promise<KeptSet> {
  const { diagnostics, ...kept } = await userSet.apply({
    prior: isReplaced ? null : prior.state,
    planned,
    config,
    privateData,
    context,
  });
  seen.push(...diagnostics);
  if (!isFailed(diagnostics))
    for (const path of differences(planned, kept.state))
      seen.push(error("Provider produced inconsistent result after apply", path));
  if (hasUnknown(kept.state)) seen.push(error("Provider returned invalid result object after apply", ""));
  return kept;
}

/** Whether one of these is an error. */
export function isFailed(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

async function askForPlan(
  { state: prior, privateData }: KeptSet,
  config: UserSetModel | null,
  context: ProviderContext,
  seen: Diagnostic[],
): ReturnType<typeof userSet.plan> {
  const proposed = config && proposedState(prior, config);
  const response = await userSet.plan({ prior, proposed, config, privateData, context });
  seen.push(...response.diagnostics);
  return response;
}

/** The configuration with the prior state's computed values and the schema's defaults. */
function proposedState(prior: UserSetModel | null, config: UserSetModel): UserSetModel {
  const proposed = Object.entries(userSetSchema.attributes).map(([name, attribute]) => {
    const key = name as keyof UserSetModel;
    const otherwise =
      "default" in attribute ? attribute.default : "computed" in attribute ? prior?.[key] : null;
    return [name, config[key] ?? otherwise ?? null];
  });
  return Object.fromEntries(proposed) as UserSetModel;
}

/** The paths of values that were known and are different now. */
function differences(planned: unknown, actual: unknown, path = ""): string[] {
  if (planned === UNKNOWN) return [];
  if (planned instanceof Map) {
    if (!(actual instanceof Map)) return [path];
    const keys = new Set([...planned.keys(), ...actual.keys()]);
    return [...keys].flatMap((key) =>
      planned.has(key) && actual.has(key)
        ? differences(planned.get(key), actual.get(key), `${path}[${JSON.stringify(key)}]`)
        : [`${path}[${JSON.stringify(key)}]`],
    );
  }
  if (typeof planned !== "object" || planned === null) return planned === actual ? [] : [path];
  if (typeof actual !== "object" || actual === null) return [path];
  return [...new Set([...Object.keys(planned), ...Object.keys(actual)])].flatMap((key) =>
    differences(
      (planned as Record<string, unknown>)[key],
      (actual as Record<string, unknown>)[key],
      `${path}.${key}`,
    ),
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return !hasUnknown(one) && differences(one, other).length === 0;
}

function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Map) return [...value.values()].some(hasUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
