import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../../support/at-end";
import type { Emulator } from "../../../support/emulator";
import { type Diagnostic, fillModel, UNKNOWN } from "../../../../src/plugin";
import type { ProviderContext } from "../../../../src/provider/context";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { datesIn, idTypeOf, lastDrift, usersOf } from "../../../../src/provider/user-set/model";
import { type UserSetModel, userSetSchema } from "../../../../src/provider/user-set/schema";
import { ModelStack, type Planned, startProvider, textOf } from "../../../support/engine-model/stack";
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
      const users = [...(usersOf(state)?.keys() ?? [])];
      const { survivors, locked_out: lockedOut } = { ...lastDrift(state) };
      const { bindings, waiting } = decodeMemory(privateData, users);
      return {
        type: idTypeOf(state),
        users: new Set(users),
        survivors: new Set(survivors),
        bindings,
        suspended: new Map(datesIn(state)),
        waiting,
        lockedOut: new Set(lockedOut),
      };
    });
  }

  close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  async #start(seen: Diagnostic[]): Promise<ProviderContext | undefined> {
    this.#processes += 1;
    // The ledger is the engine's, which is another one each time.
    const folder = mkdtempSync(join(this.folder, `${this.#processes}-`));
    const { sets, isStack, isOpen } = this.#configuration;
    const known = isStack ? new Map(Object.entries(protectedBy(sets))) : null;
    const protectedUsers = isStack && isOpen && this.#isPlanning ? UNKNOWN : known;
    const environment = { ...this.#environment, TF_DATA_DIR: folder };
    return await startProvider(environment, { protected_users: protectedUsers }, seen);
  }

  #configOf(index: number): UserSetModel | null {
    const its = this.#configuration.sets[index];
    if (!its) return null;
    return fillModel(userSetSchema, { ...blockOf(its), users: new Map(Object.entries(its.labels)) });
  }
}

function endingsIn({ planned, isEmpty }: SetPlan): SetInPlan {
  if (isEmpty) return NOTHING;
  const { removals, suspensions, reactivations } = planned ?? {};
  return {
    deleted: unknownIn(removals),
    suspended: unknownIn(suspensions),
    named: new Set([...idsIn(removals), ...idsIn(suspensions), ...idsIn(reactivations)]),
  };
}

function idsIn(map: UserSetModel["removals" | "suspensions" | "reactivations"] | undefined): string[] {
  return map === undefined || map === null || map === UNKNOWN ? [] : [...map.keys()];
}

function unknownIn(map: UserSetModel["removals"] | undefined): Set<string> {
  // Such a plan lets nobody be deleted or suspended.
  if (map === UNKNOWN) return new Set();
  return new Set([...(map ?? [])].flatMap(([id, value]) => (value === UNKNOWN ? [id] : [])));
}

function withoutPrivateData({ prior: { state } }: SetPlan): KeptSet {
  return { state, privateData: new Uint8Array() };
}
