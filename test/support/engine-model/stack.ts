import { type Diagnostic, fillModel } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { genauthProvider } from "../../../src/provider/provider";
import { type ProviderModel, providerSchema } from "../../../src/provider/provider-schema";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import {
  applySet,
  isFailed,
  type KeptSet,
  planAgain,
  planSet,
  refreshSet,
  type SetPlan,
  unchanged,
} from "./user-set";

/** How an engine plans: `refresh only` keeps what the refresh finds, and changes nothing. */
export type PlanMode = "refresh and plan" | "no refresh" | "refresh only";

/** How a plan or an apply ended. */
export interface Ended {
  readonly seen: readonly Diagnostic[];
  readonly isFailed: boolean;
}

/** A plan of all sets. After an error, there is none to apply, and `plans` holds those that were made before it. */
export interface Planned extends Ended {
  /** Where it ended. */
  readonly operation: "refresh" | "plan";
  readonly plans: readonly SetPlan[];
}

/** How an apply differs from the default. */
export interface ApplyOptions {
  /** Applies each plan as it is, also one without a change. No engine does that. Default no. */
  readonly isDirect?: boolean;
  /** Called when a set was planned again, right before it is applied. */
  readonly plannedAgain?: () => void;
}

/**
 * The sets of a stack for which this process is the engine. As an engine does, it starts a provider for each plan and for each apply, and
 * goes through the sets one after the other.
 */
export class ModelStack {
  #saved: readonly SetPlan[] = [];

  /**
   * @param start starts a provider; undefined if its configuration is refused
   * @param kept the sets in the state
   */
  constructor(
    private readonly start: (seen: Diagnostic[]) => Promise<ProviderContext | undefined>,
    public kept: readonly KeptSet[],
  ) {}

  /** Refreshes and plans the sets, and saves the plan. */
  async plan(
    configs: readonly (UserSetModel | null)[],
    mode: PlanMode = "refresh and plan",
  ): Promise<Planned> {
    const seen: Diagnostic[] = [];
    const plans: SetPlan[] = [];
    const end = (operation: Planned["operation"]): Planned => ({
      operation,
      plans,
      seen,
      isFailed: isFailed(seen),
    });
    this.#saved = [];
    const context = await this.start(seen);
    if (!context) return end("refresh");
    for (const [index, kept] of this.kept.entries()) {
      const prior = mode === "no refresh" ? kept : await refreshSet(kept, context, seen);
      if (isFailed(seen)) return end("refresh");
      plans.push(
        mode === "refresh only"
          ? unchanged(prior)
          : await planSet(prior, configs[index] ?? null, context, seen),
      );
    }
    if (!isFailed(seen)) this.#saved = plans;
    return end("plan");
  }

  /** Plans the sets of the saved plan again, and applies those that change. */
  async apply({ isDirect, plannedAgain }: ApplyOptions = {}): Promise<Ended> {
    const seen: Diagnostic[] = [];
    const plans = this.#saved;
    this.#saved = [];
    const changes = plans.some(({ isEmpty }) => isDirect === true || !isEmpty);
    const context = changes ? await this.start(seen) : undefined;
    const kept = plans.map(({ prior }) => prior);
    for (const [index, plan] of plans.entries()) {
      if (!context || (plan.isEmpty && !isDirect)) continue;
      const again = isDirect ? plan : await planAgain(plan, context, seen);
      if (!again) continue;
      plannedAgain?.();
      kept[index] = await applySet(again, context, seen);
    }
    this.kept = kept;
    return { seen, isFailed: isFailed(seen) };
  }
}

/** Starts a provider, as an engine does for each plan and each apply. @param block what the provider block says */
export async function startProvider(
  environment: Readonly<Record<string, string>>,
  block: Partial<ProviderModel>,
  seen: Diagnostic[],
): Promise<ProviderContext | undefined> {
  const config = fillModel(providerSchema, block);
  const { context, diagnostics } = await genauthProvider(environment).configure(config, "1.11.4");
  seen.push(...diagnostics);
  return context;
}

/** The messages of a run, as an engine prints them. */
export function textOf(seen: readonly Diagnostic[]): string {
  return seen
    .map(
      ({ severity, summary, detail }) =>
        `${severity === "error" ? "Error" : "Warning"}: ${summary}\n\n${detail}\n`,
    )
    .join("\n");
}
