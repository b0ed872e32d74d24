import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { type Emulator, startEmulator } from "../../src/emulator";
import type { Engine } from "./engine";
import { NullResourceWorkspace } from "./null-resource-workspace";
import { NullProviderMirror } from "./null-provider/mirror";
import { Template } from "./template";
import { type Finished, Workspace } from "./workspace";

type EmulatorOptions = Parameters<typeof startEmulator>[0];

/** The emulator and workspace of an acceptance test. */
export interface Scenario {
  readonly emulator: Emulator;
  readonly workspace: Workspace;
  /**
   * Applies the first configuration of a test, which must succeed. Tests beside it that begin with the same configuration and
   * the same pool continue from the state that the engine wrote for the first of them, instead of paying for it again.
   */
  readonly applyFirst: () => Promise<void>;
  /**
   * Plans without arguments, and optionally saves the plan. If a test beside it has planned the same configuration over the same
   * pool, state and settings, returns that plan, because the engine would only compute it again. The emulator must have no
   * faults.
   */
  readonly planOnce: (save?: "save") => Promise<Finished>;
}

/** A plan, and the file in which it was saved. */
interface PlanMade {
  readonly finished: Finished;
  readonly saved?: Buffer;
}

/** How a scenario differs from the default. */
export interface ScenarioOptions {
  readonly emulator?: EmulatorOptions;
  /** Additional variables of the runs. They take precedence over the emulator's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The Terraform resource type of the sets in a scenario. */
export type ResourceType = "genauth_user_set" | "null_resource";

/**
 * To be called once in a `describe`. Prepares the engine before its tests, and closes each test's emulator and workspace.
 *
 * @param resourceType default `genauth_user_set`
 * @returns a function that opens an emulator and a workspace for it
 */
export function useScenarios(
  engine: Engine,
  resourceType: ResourceType = "genauth_user_set",
): (options?: ScenarioOptions) => Promise<Scenario> {
  const isNull = resourceType === "null_resource";
  let template: Template | undefined;
  let nullProvider: NullProviderMirror | undefined;
  const opened: Scenario[] = [];
  const firstStates = new Map<string, string>();
  const plans = new Map<string, PlanMade>();
  beforeAll(async () => {
    nullProvider = isNull ? new NullProviderMirror() : undefined;
    template = await Template.prepare(engine, nullProvider);
  });
  afterEach(async () => {
    for (const { emulator, workspace } of opened.splice(0)) {
      await workspace.close();
      await emulator.close();
    }
  });
  afterAll(() => {
    template?.remove();
    nullProvider?.remove();
  });
  return async (options = {}) => {
    if (template === undefined) throw new Error("A scenario is opened inside a test.");
    const emulator = await startEmulator(options.emulator ?? {});
    const workspace = new (isNull ? NullResourceWorkspace : Workspace)(template, {
      ...emulator.environment(),
      ...options.environment,
    });
    const applyFirst = async (): Promise<void> => {
      const key = JSON.stringify([workspace.readConfiguration(), emulator.pool.list()]);
      const state = firstStates.get(key);
      if (state !== undefined) {
        workspace.writeFiles({ "terraform.tfstate": state });
        return;
      }
      const { code, text } = await workspace.apply();
      if (code !== 0) throw new Error(`The first apply failed:\n${text}`);
      firstStates.set(key, JSON.stringify(workspace.state()));
    };
    const planOnce = async (save?: "save"): Promise<Finished> => {
      const settings = { ...options.emulator, users: undefined };
      const { resources, outputs, ...version } = workspace.state();
      const inputs = [workspace.readConfiguration(), emulator.pool.list(), resources, outputs];
      const key = JSON.stringify([...inputs, settings, options.environment]);
      // The engine accepts a saved plan only for the state that it was made from.
      const keyToSave = key + JSON.stringify(version);
      const file = join(workspace.folder, "plan");
      const made = plans.get(save ? keyToSave : key);
      if (made !== undefined) {
        if (made.saved) writeFileSync(file, made.saved);
        return made.finished;
      }
      const finished = await workspace.plan(...(save ? ["-out=plan"] : []));
      plans.set(key, { finished });
      if (save) plans.set(keyToSave, { finished, ...(finished.code !== 1 && { saved: readFileSync(file) }) });
      return finished;
    };
    const scenario = { emulator, workspace, applyFirst, planOnce };
    opened.push(scenario);
    return scenario;
  };
}
