import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { type Emulator, startEmulator } from "../emulator";
import { type Diagnostic, fillModel, UNKNOWN } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { genauthProvider } from "../../../src/provider/provider";
import { providerSchema } from "../../../src/provider/provider-schema";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type RemovalCase, runRemovalCase } from "../acceptance/removal-case";
import type { Configuration, UserSetBlock } from "../configuration";
import type { UserSetAttributes } from "../state-file";
import {
  applySet,
  isFailed,
  type KeptSet,
  NO_SET,
  planAgain,
  planSet,
  refreshSet,
  type SetPlan,
} from "./user-set";

/** How a run ended, as an engine would say it. */
interface Ended {
  /** Of a plan: 0 no changes, 2 changes, 1 an error. */
  readonly code: number;
  /** The diagnostics. An engine prints the difference, too. */
  readonly text: string;
}

/** A folder with one user set for which this process is the engine, with a provider of its own for each plan and apply. */
export class ModelWorkspace {
  readonly #folder = mkdtempSync(join(tmpdir(), "genauth-model-"));
  readonly #environment: Readonly<Record<string, string>>;
  #set: UserSetModel | null = null;
  #provider: Configuration["provider"] = {};
  #kept: KeptSet = NO_SET;
  #saved: SetPlan | undefined;

  constructor(emulator: Emulator, environment: Readonly<Record<string, string>> = {}) {
    this.#environment = { ...emulator.environment(), ...environment, TF_DATA_DIR: this.#folder };
  }

  /** Replaces the configuration. */
  write({ users, ...block }: UserSetBlock, provider: Configuration["provider"] = {}): void {
    if (typeof users === "string") throw new Error("The model evaluates no expression.");
    const labelled = isIds(users) ? users.map((id) => [id, ""] as const) : Object.entries(users);
    this.#set = fillModel(userSetSchema, { ...block, users: new Map(labelled) });
    this.#provider = provider;
  }

  /** Refreshes and plans; the plan is kept for `apply`. */
  async plan(): Promise<Ended> {
    const seen: Diagnostic[] = [];
    this.#saved = undefined;
    const context = await this.#start(seen);
    if (!context) return endOf(seen, 0);
    const prior = await refreshSet(this.#kept, context, seen);
    if (isFailed(seen)) return endOf(seen, 0);
    const plan = await planSet(prior, this.#set, context, seen);
    if (!isFailed(seen)) this.#saved = plan;
    return endOf(seen, plan.isEmpty ? 0 : 2);
  }

  /** Applies the plan, or plans first if there is none. */
  async apply(): Promise<Ended> {
    if (!this.#saved) {
      const planned = await this.plan();
      if (planned.code === 1) return planned;
    }
    const plan = this.#saved;
    this.#saved = undefined;
    const seen: Diagnostic[] = [];
    const context = plan && !plan.isEmpty ? await this.#start(seen) : undefined;
    if (!plan || !context) return endOf(seen, 0);
    const again = await planAgain(plan, context, seen);
    this.#kept = again ? await applySet(again, context, seen) : plan.prior;
    return endOf(seen, 0);
  }

  /** The set in the state, as the engine would write it. */
  userSet(): UserSetAttributes | undefined {
    return (this.#kept.state ?? undefined) && (jsonOf(this.#kept.state) as UserSetAttributes);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(seen: Diagnostic[]): Promise<ProviderContext | undefined> {
    const { protected_users: protectedUsers, ...settings } = this.#provider ?? {};
    const config = fillModel(providerSchema, {
      ...settings,
      protected_users:
        protectedUsers === undefined ? null : new Map(Object.entries(protectedUsers as object)),
    });
    const { context, diagnostics } = await genauthProvider({ ...this.#environment }).configure(config);
    seen.push(...diagnostics);
    return context;
  }
}

function isIds(users: readonly string[] | Readonly<Record<string, string>>): users is readonly string[] {
  return Array.isArray(users);
}

function endOf(seen: readonly Diagnostic[], code: number): Ended {
  const text = seen.map(
    ({ severity, summary, detail }) =>
      `${severity === "error" ? "Error" : "Warning"}: ${summary}\n\n${detail}\n`,
  );
  return { code: isFailed(seen) ? 1 : code, text: [...text, code === 0 ? "No changes" : ""].join("\n") };
}

/** A value in JSON. */
function jsonOf(value: unknown): unknown {
  if (value === UNKNOWN) throw new Error("A state has no unknown value.");
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, its]: [unknown, unknown]) => [String(key), jsonOf(its)]));
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, its]) => [key, jsonOf(its)]));
}

/** Runs a case of the acceptance tests in this process, with an emulator of its own. */
export async function runCaseInProcess(story: RemovalCase): Promise<void> {
  const emulator = await startEmulator(story.setup?.emulator);
  const workspace = new ModelWorkspace(emulator, story.setup?.environment);
  try {
    await runRemovalCase({ emulator, workspace }, story);
    expect(emulator.calls.length).toBeGreaterThan(0);
  } finally {
    workspace.close();
    await emulator.close();
  }
}
