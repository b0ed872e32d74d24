import { fillModel, UNKNOWN, type Diagnostic } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { genauthProvider } from "../../../src/provider/provider";
import { providerSchema } from "../../../src/provider/schema";
import { userSet } from "../../../src/provider/user-set/resource";
import { userSetSchema, type UserSetModel } from "../../../src/provider/user-set/schema";
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
  #state: UserSetModel | null = null;
  #privateData: Uint8Array = new Uint8Array();

  /** @param environment the variables of the provider, including those of an emulator */
  constructor(private readonly environment: Environment) {}

  get users(): ReadonlyMap<string, string> {
    const users = this.#state?.users;
    return users instanceof Map ? (users as ReadonlyMap<string, string>) : new Map();
  }

  async run(
    declared: DeclaredSet,
    hooks: OperationHooks = {},
    variables: OperationVariables = {},
  ): Promise<RunEnd> {
    const config = modelOf(declared);
    const seen: Diagnostic[] = [];
    const errors = (): string[] =>
      seen.flatMap(({ severity, summary, detail }) =>
        severity === "error" ? [`${summary}: ${detail}`] : [],
      );
    const end = (operation: RunEnd["operation"]): RunEnd => ({ operation, errors: errors() });
    const failed = (): boolean => errors().length > 0;

    hooks.refresh?.();
    const planner = await this.#configure(seen, variables.refresh);
    if (!planner) return end("refresh");
    let prior = this.#state;
    let privateData = this.#privateData;
    if (prior) {
      const refreshed = await userSet.read({ state: prior, privateData, context: planner });
      seen.push(...refreshed.diagnostics);
      if (failed()) return end("refresh");
      prior = refreshed.state;
      privateData = refreshed.privateData;
    }
    const proposed: UserSetModel = { ...config, id: prior?.id ?? null, drift: prior?.drift ?? null };
    const plan = await userSet.plan({ prior, proposed, config, privateData, context: planner });
    seen.push(...plan.diagnostics);
    if (failed()) return end("plan");

    hooks.apply?.();
    const applier = await this.#configure(seen, variables.apply);
    if (!applier) return end("plan");
    const change = { prior, planned: plan.planned, config, privateData: plan.privateData };
    const applied = await userSet.apply({ ...change, context: applier });
    seen.push(...applied.diagnostics);
    this.#state = applied.state;
    this.#privateData = applied.privateData;
    // An apply that is refused as a whole returns the prior state.
    return applied.state === prior ? end("apply") : { ...end("apply"), drift: driftOf(applied.state) };
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
