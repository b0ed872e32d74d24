import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../../support/at-end";
import type { Emulator } from "../../../support/emulator";
import { type Diagnostic, fillModel, UNKNOWN } from "../../../../src/plugin";
import type { ProviderContext } from "../../../../src/provider/context";
import { genauthProvider } from "../../../../src/provider/provider";
import { providerSchema } from "../../../../src/provider/provider-schema";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { type UserSetModel, userSetSchema } from "../../../../src/provider/user-set/schema";
import { ModelStack, type Planned, textOf } from "../../../support/engine-model/stack";
import { type KeptSet, NO_SET, type SetPlan } from "../../../support/engine-model/user-set";
import {
  type Applied,
  environmentOf,
  NOTHING,
  type Plan,
  protectedBy,
  type SetInPlan,
  type SetInState,
  SETS,
  type Stack,
  typeOf,
  type StackConfiguration,
  blockOf,
} from "./stack";
import type { Step } from "./steps";

/**
 * A stack with the engine's part in this process: it refreshes, plans, plans again and applies, and checks the provider's answers as
 * Terraform does. Much faster than a real engine; a kill only looks like one from outside.
 */
export class LocalStack implements Stack {
  readonly folder = newFolder();
  readonly #environment: Record<string, string>;
  #configuration: StackConfiguration = { sets: [], isStack: false, isOpen: false };
  #isPlanning = false;
  readonly #stack = new ModelStack(
    (seen) => this.#start(seen),
    SETS.map(() => NO_SET),
  );
  #planned: Planned["plans"] = [];
  #processes = 0;

  constructor(private readonly emulator: Emulator) {
    this.#environment = environmentOf(emulator);
  }

  write(configuration: StackConfiguration): void {
    this.#configuration = configuration;
  }

  setVariables(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.#environment, variables);
  }

  async plan(how: Step["run"]): Promise<Plan> {
    const mode = how === "no refresh" || how === "refresh only" ? how : "refresh and plan";
    const configs = SETS.map((_, index) => this.#configOf(index));
    this.#isPlanning = true;
    const { plans, seen, isFailed } = await this.#stack.plan(configs, mode);
    this.#isPlanning = false;
    if (isFailed) return { code: 1, text: textOf(seen), sets: SETS.map(() => NOTHING) };
    if (plans.some(({ isReplaced }) => isReplaced)) throw new Error("A set is replaced.");
    this.#planned = plans;
    const isEmpty = plans.every((plan) => plan.isEmpty);
    return { code: isEmpty ? 0 : 2, text: textOf(seen), sets: plans.map(endingsIn) };
  }

  async apply(cut: Step["cut"]): Promise<Applied> {
    const before = this.#stack.kept;
    const called = this.emulator.calls.length;
    if (cut) {
      const last = cut.call + (cut.answered ? 0 : -1);
      const nth = Array.from({ length: 500 }, (_, index) => last + 1 + index);
      this.emulator.faults.add({ nth, then: { kind: "reset" } });
    }
    const { seen, isFailed } = await this.#stack.apply();
    const isCut = cut !== null && this.emulator.calls.length - called >= cut.call;
    // Terraform stores a set without its private data if the provider is killed.
    if (isCut) this.#stack.kept = cut.victim === "provider" ? this.#planned.map(withoutPrivateData) : before;
    return { code: isFailed || isCut ? 1 : 0, text: isCut ? "" : textOf(seen), isCut };
  }

  held(): readonly (SetInState | undefined)[] {
    return this.#stack.kept.map(({ state, privateData }) => {
      if (!state) return undefined;
      const users = keysOf(state.users);
      const drift = state.drift === UNKNOWN ? null : state.drift;
      const survivors = drift === null || !Array.isArray(drift.survivors) ? [] : drift.survivors;
      const lockedOut = drift === null || !Array.isArray(drift.locked_out) ? [] : drift.locked_out;
      const { bindings, waiting, attempts } = decodeMemory(privateData, users);
      return {
        type: typeOf(state.user_id_type),
        users: new Set(users),
        survivors: new Set(survivors as readonly string[]),
        bindings,
        suspended: new Map(state.suspended instanceof Map ? (state.suspended as Map<string, string>) : []),
        waiting,
        attempts,
        lockedOut: new Set(lockedOut as readonly string[]),
      };
    });
  }

  close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  /** Starts a provider, as an engine does for each plan and each apply. */
  async #start(seen: Diagnostic[]): Promise<ProviderContext | undefined> {
    this.#processes += 1;
    // The ledger is the engine's, which is another one each time.
    const folder = mkdtempSync(join(this.folder, `${this.#processes}-`));
    const { sets, isStack, isOpen } = this.#configuration;
    const known = isStack ? new Map(Object.entries(protectedBy(sets))) : null;
    const protectedUsers = isStack && isOpen && this.#isPlanning ? UNKNOWN : known;
    const provider = genauthProvider({ ...this.#environment, TF_DATA_DIR: folder });
    const config = fillModel(providerSchema, { protected_users: protectedUsers });
    const { context, diagnostics } = await provider.configure(config);
    seen.push(...diagnostics);
    return context;
  }

  #configOf(index: number): UserSetModel | null {
    const its = this.#configuration.sets[index];
    if (!its) return null;
    const empty = Object.fromEntries(Object.keys(userSetSchema.attributes).map((name) => [name, null]));
    const users = new Map(Object.entries(its.labels));
    return { ...(empty as unknown as UserSetModel), ...blockOf(its), users };
  }
}

function endingsIn({ planned, isEmpty }: SetPlan): SetInPlan {
  if (isEmpty) return NOTHING;
  return { deleted: unknownIn(planned?.removals), suspended: unknownIn(planned?.suspensions) };
}

function unknownIn(map: UserSetModel["removals"] | undefined): Set<string> {
  // Such a plan lets nobody be deleted or suspended.
  if (map === UNKNOWN) return new Set();
  return new Set([...(map ?? [])].flatMap(([id, value]) => (value === UNKNOWN ? [id] : [])));
}

function withoutPrivateData({ prior: { state } }: SetPlan): KeptSet {
  return { state, privateData: new Uint8Array() };
}

function keysOf(users: UserSetModel["users"]): string[] {
  return users instanceof Map ? [...(users as ReadonlyMap<string, unknown>).keys()] : [];
}
