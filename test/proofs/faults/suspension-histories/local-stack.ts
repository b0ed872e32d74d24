import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "../../../../src/emulator";
import { type Diagnostic, fillModel, UNKNOWN } from "../../../../src/plugin";
import type { ProviderContext } from "../../../../src/provider/context";
import { genauthProvider } from "../../../../src/provider/provider";
import { providerSchema } from "../../../../src/provider/provider-schema";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { userSet } from "../../../../src/provider/user-set/resource";
import { type UserSetModel, userSetSchema } from "../../../../src/provider/user-set/schema";
import type { NameType } from "./people";
import {
  type Applied,
  blockOf,
  environmentOf,
  NOTHING,
  type Plan,
  protectedBy,
  type SetInPlan,
  type SetInState,
  SETS,
  type Stack,
  type StackConfiguration,
} from "./stack";
import type { History, Step } from "./steps";

/** A set in the state, with its private data. */
interface Kept {
  readonly state: UserSetModel | null;
  readonly privateData: Uint8Array;
}

const NONE: Kept = { state: null, privateData: new Uint8Array() };

/** The planned change of a set. */
interface Change {
  readonly prior: Kept;
  readonly config: UserSetModel | null;
  /** `undefined` if the change does nothing. */
  readonly planned: UserSetModel | null | undefined;
}

/**
 * A stack with the engine's part in this process: it refreshes, plans, plans again and applies, and checks the provider's answers as
 * Terraform does. Much faster than a real engine; a kill only looks like one from outside.
 */
export class LocalStack implements Stack {
  readonly folder = mkdtempSync(join(tmpdir(), "genauth-local-"));
  readonly #environment: Record<string, string>;
  #configuration: StackConfiguration = { sets: [], isStack: false };
  #kept: readonly Kept[] = SETS.map(() => NONE);
  #saved: readonly Change[] = [];
  #processes = 0;

  constructor(
    history: History,
    private readonly emulator: Emulator,
  ) {
    this.#environment = environmentOf(emulator, history);
  }

  write(configuration: StackConfiguration): void {
    this.#configuration = configuration;
  }

  setVariables(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.#environment, variables);
  }

  async plan(how: Step["run"]): Promise<Plan> {
    const seen: Diagnostic[] = [];
    const failed = (): Plan => ({ code: 1, text: textOf(seen), sets: SETS.map(() => NOTHING) });
    const context = await this.#start(seen);
    if (!context) return failed();
    const changes: Change[] = [];
    for (const [index, kept] of this.#kept.entries()) {
      let prior = kept;
      const config = this.#configOf(index);
      if (kept.state && how !== "no refresh") {
        const { diagnostics, ...refreshed } = await userSet.read({ ...kept, state: kept.state, context });
        seen.push(...diagnostics);
        prior = refreshed;
      }
      if (isFailed(seen)) continue;
      const change = { prior, config, planned: undefined };
      changes.push(how === "refresh only" ? change : await planChange(change, context, seen));
    }
    if (isFailed(seen)) return failed();
    this.#saved = changes;
    const isEmpty = changes.every(({ planned }) => planned === undefined);
    return { code: isEmpty ? 0 : 2, text: textOf(seen), sets: changes.map(endingsIn) };
  }

  async apply(cut: Step["cut"]): Promise<Applied> {
    const seen: Diagnostic[] = [];
    const before = this.#kept;
    const called = this.emulator.calls.length;
    if (cut) {
      const last = cut.call + (cut.answered ? 0 : -1);
      const nth = Array.from({ length: 500 }, (_, index) => last + 1 + index);
      this.emulator.faults.add({ nth, then: { kind: "reset", after: false } });
    }
    this.#kept = this.#saved.map(({ prior }) => prior);
    const context = await this.#start(seen);
    for (const [index, change] of this.#saved.entries()) {
      if (!context || change.planned === undefined) continue;
      const after = await applyChange(change, context, seen);
      this.#kept = this.#kept.map((kept, at) => (at === index ? after : kept));
    }
    const isCut = cut !== null && this.emulator.calls.length - called >= cut.call;
    // Terraform stores a set without its private data if the provider is killed.
    if (isCut) this.#kept = cut.victim === "provider" ? this.#saved.map(withoutPrivateData) : before;
    return { code: isFailed(seen) || isCut ? 1 : 0, text: isCut ? "" : textOf(seen), isCut };
  }

  held(): readonly (SetInState | undefined)[] {
    return this.#kept.map(({ state, privateData }) => {
      if (!state) return undefined;
      const users = keysOf(state.users);
      const drift = state.drift === UNKNOWN ? null : state.drift;
      const survivors = drift === null || !Array.isArray(drift.survivors) ? [] : drift.survivors;
      return {
        type: state.user_id_type as NameType,
        users: new Set(users),
        survivors: new Set(survivors as readonly string[]),
        suspended: new Map(state.suspended instanceof Map ? (state.suspended as Map<string, string>) : []),
        waiting: decodeMemory(privateData, users).waiting,
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
    const { sets, isStack } = this.#configuration;
    const protectedUsers = isStack ? new Map(Object.entries(protectedBy(sets))) : null;
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
    const users = new Map(its.ids.map((id) => [id, ""]));
    return { ...(empty as unknown as UserSetModel), ...blockOf(its), users };
  }
}

async function planChange(change: Change, context: ProviderContext, seen: Diagnostic[]): Promise<Change> {
  const planned = await planOnce(change, context, seen);
  if (planned.isEmpty) return change;
  const { prior, config } = change;
  for (const name of ["users", "retained_user_ids", "max_deletions_percent"] as const)
    if (planned.state && config && !isSame(planned.state[name], config[name]))
      seen.push(engineError(`Provider produced invalid plan: .${name}`));
  return { prior, config, planned: planned.state };
}

/** Plans a change as the engine asks for it. */
async function planOnce(
  { prior, config }: Pick<Change, "prior" | "config">,
  context: ProviderContext,
  seen: Diagnostic[],
): Promise<{ isEmpty: boolean; state: UserSetModel | null; privateData: Uint8Array }> {
  if (!prior.state && !config) return { isEmpty: true, state: null, privateData: prior.privateData };
  const proposed = config && proposedState(prior.state, config);
  const { privateData } = prior;
  const { planned, diagnostics, requiresReplace, ...plan } = await userSet.plan({
    prior: prior.state,
    proposed,
    config,
    privateData,
    context,
  });
  if (requiresReplace) throw new Error("A set is replaced.");
  seen.push(...diagnostics);
  return { isEmpty: isSame(planned, prior.state), state: planned, privateData: plan.privateData };
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

/** Plans again and applies, and checks that both fit the plan. */
async function applyChange(change: Change, context: ProviderContext, seen: Diagnostic[]): Promise<Kept> {
  const { prior, config, planned } = change;
  const problems: Diagnostic[] = [];
  const again = await planOnce(change, context, problems);
  const differs = differences(planned, again.state);
  problems.push(...differs.map((path) => engineError(`Provider produced inconsistent final plan: ${path}`)));
  seen.push(...problems);
  if (isFailed(problems)) return prior;
  const applied = await userSet.apply({
    prior: prior.state,
    planned: again.state,
    config,
    privateData: again.privateData,
    context,
  });
  seen.push(...applied.diagnostics);
  if (!isFailed(applied.diagnostics))
    for (const path of differences(again.state, applied.state))
      seen.push(engineError(`Provider produced inconsistent result after apply: ${path}`));
  if (hasUnknown(applied.state))
    seen.push(engineError("Provider returned invalid result object after apply"));
  return { state: applied.state, privateData: applied.privateData };
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

function endingsIn({ planned }: Change): SetInPlan {
  return { deleted: unknownIn(planned?.removals), suspended: unknownIn(planned?.suspensions) };
}

function unknownIn(map: UserSetModel["removals"] | undefined): Set<string> {
  if (map === UNKNOWN) throw new Error("A plan does not know at all what happens to whom.");
  return new Set([...(map ?? [])].flatMap(([id, value]) => (value === UNKNOWN ? [id] : [])));
}

function withoutPrivateData({ prior: { state } }: Change): Kept {
  return { state, privateData: new Uint8Array() };
}

function keysOf(users: UserSetModel["users"]): string[] {
  return users instanceof Map ? [...(users as ReadonlyMap<string, unknown>).keys()] : [];
}

function engineError(summary: string): Diagnostic {
  return { severity: "error", summary, detail: "" };
}

function isFailed(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

function textOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(
      ({ severity, summary, detail }) =>
        `${severity === "error" ? "Error" : "Warning"}: ${summary}\n\n${detail}\n`,
    )
    .join("\n");
}
