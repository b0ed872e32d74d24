import { fillModel, UNKNOWN, type Diagnostic } from "../../../../src/plugin";
import type { ProviderContext } from "../../../../src/provider/context";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { genauthProvider } from "../../../../src/provider/provider";
import { providerSchema } from "../../../../src/provider/provider-schema";
import { userSetSchema, type UserSetModel } from "../../../../src/provider/user-set/schema";
import type { SetMemory } from "../../../../src/users";
import {
  applySet,
  type KeptSet,
  NO_SET,
  planAgain,
  planSet,
  refreshSet,
} from "../../../support/engine-model/user-set";
import type {
  DeclaredSet,
  Drift,
  Environment,
  ManagedSet,
  RunEnd,
  OperationHooks,
  OperationVariables,
} from "./managed-set";

/** A `genauth_user_set`: one provider for refresh and plan, another one for apply, and the state between them. */
export class ProviderSet implements ManagedSet {
  /**
   * @param environment the variables of the provider, including those of an emulator
   * @param kept the set in the state; default none
   * @param plansAgain whether the provider that applies plans first, as the engines do, and the engine holds it to both plans
   */
  constructor(
    private readonly environment: Environment,
    public kept: KeptSet = NO_SET,
    private readonly plansAgain = false,
  ) {}

  get users(): ReadonlyMap<string, string> {
    return this.#map("users");
  }

  /** The users who wait: id to date. */
  get suspended(): ReadonlyMap<string, string> {
    return this.#map("suspended");
  }

  /** What the private data holds of those who wait. */
  get waiting(): SetMemory["waiting"] {
    return decodeMemory(this.kept.privateData, this.users.keys()).waiting;
  }

  async run(
    declared: DeclaredSet,
    hooks: OperationHooks = {},
    variables: OperationVariables = {},
  ): Promise<RunEnd> {
    const config = modelOf(declared);
    const seen: Diagnostic[] = [];
    const said = (which: Diagnostic["severity"]): string[] =>
      seen.flatMap(({ severity, summary, detail }) => (severity === which ? [`${summary}: ${detail}`] : []));
    const end = (operation: RunEnd["operation"]): RunEnd => ({
      operation,
      errors: said("error"),
      warnings: said("warning"),
    });
    const failed = (): boolean => said("error").length > 0;

    hooks.refresh?.();
    const planner = await this.#configure(seen, variables.refresh);
    if (!planner) return end("refresh");
    const prior = await refreshSet(this.kept, planner, seen);
    if (failed()) return end("refresh");
    let plan = await planSet(prior, config, planner, seen);
    if (failed()) return end("plan");

    if (this.plansAgain && plan.isEmpty) {
      // No engine applies it.
      this.kept = prior;
      return { ...end("apply"), drift: driftOf(prior.state) };
    }
    hooks.apply?.();
    const applier = await this.#configure(seen, variables.apply);
    if (!applier) return end("plan");
    if (this.plansAgain) {
      const again = await planAgain(plan, applier, seen);
      if (!again) return end("plan");
      plan = again;
      hooks.plannedAgain?.();
    }
    this.kept = await applySet(plan, applier, seen);
    // An apply that is refused as a whole returns the prior state.
    const { state } = this.kept;
    return state === prior.state ? end("apply") : { ...end("apply"), drift: driftOf(state) };
  }

  #map(name: "users" | "suspended"): ReadonlyMap<string, string> {
    const value = this.kept.state?.[name];
    return value instanceof Map ? (value as ReadonlyMap<string, string>) : new Map();
  }

  async #configure(seen: Diagnostic[], more: Environment = {}): Promise<ProviderContext | undefined> {
    const provider = genauthProvider({ ...this.environment, ...more });
    const { context, diagnostics } = await provider.configure(EMPTY_BLOCK);
    seen.push(...diagnostics);
    return context;
  }
}

/** An empty provider block: all settings come from the environment. */
const EMPTY_BLOCK = fillModel(providerSchema);

/** A block as Terraform passes it: omitted attributes have their default or are null. */
function modelOf({ users, ...declared }: DeclaredSet): UserSetModel {
  return fillModel(userSetSchema, { ...declared, users: new Map(users.map((id) => [id, ""])) });
}

function driftOf(state: UserSetModel | null): Drift {
  const drift = state?.drift;
  if (typeof drift !== "object" || drift === null) return { missing: [], survivors: [] };
  return { missing: texts(drift.missing), survivors: texts(drift.survivors) };
}

function texts(value: unknown): readonly string[] {
  if (value === null || value === UNKNOWN || !Array.isArray(value)) return [];
  return value.filter((item) => typeof item === "string");
}
