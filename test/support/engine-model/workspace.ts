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
import { type Ended, ModelStack, textOf } from "./stack";
import { NO_SET } from "./user-set";

/** A folder with one user set for which this process is the engine, with a provider of its own for each plan and apply. */
export class ModelWorkspace {
  readonly #folder = mkdtempSync(join(tmpdir(), "genauth-model-"));
  readonly #environment: Readonly<Record<string, string>>;
  readonly #stack = new ModelStack((seen) => this.#start(seen), [NO_SET]);
  #set: UserSetModel | null = null;
  #provider: Configuration["provider"] = {};
  #isPlanned = false;

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
  async plan() {
    const planned = await this.#stack.plan([this.#set]);
    this.#isPlanned = !planned.isFailed;
    return endOf(planned, planned.plans.every(({ isEmpty }) => isEmpty) ? 0 : 2);
  }

  /** Applies the plan, or plans first if there is none. */
  async apply() {
    if (!this.#isPlanned) {
      const planned = await this.plan();
      if (planned.code === 1) return planned;
    }
    this.#isPlanned = false;
    return endOf(await this.#stack.apply(), 0);
  }

  /** The set in the state, as the engine would write it. */
  userSet(): UserSetAttributes | undefined {
    const [{ state } = NO_SET] = this.#stack.kept;
    return (state ?? undefined) && (jsonOf(state) as UserSetAttributes);
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

/** The exit code of a run, and its diagnostics. An engine prints the difference, too. */
function endOf({ seen, isFailed }: Ended, code: number) {
  return { code: isFailed ? 1 : code, text: `${textOf(seen)}\n${code === 0 ? "No changes" : ""}` };
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
