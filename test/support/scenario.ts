import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { type Emulator, startEmulator } from "../../src/emulator";
import type { Engine } from "./engine";
import { Template } from "./template";
import { Workspace } from "./workspace";

type EmulatorOptions = Parameters<typeof startEmulator>[0];

/** What one acceptance test runs on. */
export interface Scenario {
  readonly emulator: Emulator;
  readonly workspace: Workspace;
}

/** How a scenario differs from the ordinary one. */
export interface ScenarioOptions {
  readonly emulator?: EmulatorOptions;
  /** Further variables of the runs; they win over the emulator's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * To be called once in a `describe`: prepares the engine before its tests, and closes after each test what that test opened.
 *
 * @returns opens an emulator and a workspace whose runs talk to it
 */
export function useScenarios(engine: Engine): (options?: ScenarioOptions) => Promise<Scenario> {
  let template: Template | undefined;
  const opened: Scenario[] = [];
  beforeAll(async () => {
    template = await Template.prepare(engine);
  });
  afterEach(async () => {
    for (const { emulator, workspace } of opened.splice(0)) {
      await workspace.close();
      await emulator.close();
    }
  });
  afterAll(() => {
    template?.remove();
  });
  return async (options = {}) => {
    if (template === undefined) throw new Error("A scenario is opened inside a test.");
    const emulator = await startEmulator(options.emulator ?? {});
    const workspace = new Workspace(template, { ...emulator.environment(), ...options.environment });
    const scenario = { emulator, workspace };
    opened.push(scenario);
    return scenario;
  };
}
