import { fillModel, type Diagnostic } from "../../../../src/plugin";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { datesIn, lastDrift, usersOf } from "../../../../src/provider/user-set/model";
import { userSetSchema, type UserSetModel } from "../../../../src/provider/user-set/schema";
import type { SetMemory } from "../../../../src/users";
import { ModelStack, startProvider } from "../../../support/engine-model/stack";
import { type KeptSet, NO_SET } from "../../../support/engine-model/user-set";
import type {
  DeclaredSet,
  Environment,
  ManagedSet,
  RunEnd,
  OperationHooks,
  OperationVariables,
} from "./managed-set";

/** A `genauth_user_set`: one provider for refresh and plan, another one for apply, and the state between them. */
export class ProviderSet implements ManagedSet {
  readonly #stack: ModelStack;
  #more: Environment = {};

  /**
   * @param environment the variables of the provider, including those of an emulator
   * @param kept the set in the state; default none
   * @param plansAgain whether the provider that applies plans first, as the engines do, and the engine holds it to both plans
   */
  constructor(
    private readonly environment: Environment,
    kept: KeptSet = NO_SET,
    private readonly plansAgain = false,
  ) {
    this.#stack = new ModelStack(
      (seen) => startProvider({ ...this.environment, ...this.#more }, {}, seen),
      [kept],
    );
  }

  get kept(): KeptSet {
    return this.#stack.kept[0] ?? NO_SET;
  }

  get users(): ReadonlyMap<string, string> {
    const { state } = this.kept;
    return (state && usersOf(state)) ?? new Map();
  }

  /** The users who wait: id to date. */
  get suspended(): ReadonlyMap<string, string> {
    const { state } = this.kept;
    return new Map(state && datesIn(state));
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
    hooks.refresh?.();
    this.#more = variables.refresh ?? {};
    const planned = await this.#stack.plan([modelOf(declared)]);
    const [plan] = planned.plans;
    if (planned.isFailed || !plan) return endOf(planned.operation, planned.seen);
    // No engine applies a plan without a change.
    if (!plan.isEmpty || !this.plansAgain) hooks.apply?.();
    this.#more = variables.apply ?? {};
    const applied = await this.#stack.apply({
      isDirect: !this.plansAgain,
      plannedAgain: () => hooks.plannedAgain?.(),
    });
    const end = endOf("apply", [...planned.seen, ...applied.seen]);
    // An apply that is refused as a whole returns the prior state.
    const { state } = this.kept;
    const isRefused = state === plan.prior.state && !(this.plansAgain && plan.isEmpty);
    return isRefused ? end : { ...end, drift: (state && lastDrift(state)) ?? { missing: [], survivors: [] } };
  }
}

function endOf(operation: RunEnd["operation"], seen: readonly Diagnostic[]): RunEnd {
  const said = (which: Diagnostic["severity"]): string[] =>
    seen.flatMap(({ severity, summary, detail }) => (severity === which ? [`${summary}: ${detail}`] : []));
  return { operation, errors: said("error"), warnings: said("warning") };
}

/** A block as Terraform passes it: omitted attributes have their default or are null. */
function modelOf({ users, ...declared }: DeclaredSet): UserSetModel {
  return fillModel(userSetSchema, { ...declared, users: new Map(users.map((id) => [id, ""])) });
}
