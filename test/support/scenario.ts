import { afterEach, beforeAll } from "@jest/globals";
import { type Emulator, startEmulator } from "./emulator";
import type { Engine } from "./engine/engines";
import { Template } from "./template";
import { FORM } from "./provider-form";
import { type ProviderAccess, Workspace } from "./workspace";

type EmulatorOptions = Parameters<typeof startEmulator>[0];

/** The emulator and workspace of an acceptance test. */
export interface Scenario {
  readonly emulator: Emulator;
  readonly workspace: Workspace;
}

/** How a scenario differs from the default. */
export interface ScenarioOptions {
  readonly emulator?: EmulatorOptions;
  /** Additional variables of the runs. They take precedence over the emulator's, and over a short read-back. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: `served`, but `process` with executables. What the null resource runs is a process anyway. */
  readonly provider?: ProviderAccess;
}

/** The Terraform resource type of the sets in a scenario. */
export type ResourceType = "genauth_user_set" | "null_resource";

/**
 * To be called once in a `describe`. Prepares the engine before its tests, and closes each test's workspace.
 *
 * @param resourceType default `genauth_user_set`
 * @returns a function that opens an emulator and a workspace for it
 */
export function useScenarios(
  engine: Engine,
  resourceType: ResourceType = "genauth_user_set",
): (options?: ScenarioOptions) => Promise<Scenario> {
  let template: Template | undefined;
  let itsWorkspace = Workspace;
  const opened: Workspace[] = [];
  beforeAll(async () => {
    const isNull = resourceType === "null_resource";
    // It loads CDKTF, which takes half a second, and most files do not need it.
    if (isNull) itsWorkspace = (await import("./null-resource-workspace")).NullResourceWorkspace;
    template = await Template.prepare(engine, isNull);
  });
  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.close();
  });
  return async (options = {}) => {
    if (template === undefined) throw new Error("A scenario is opened inside a test.");
    const emulator = await startEmulator(options.emulator ?? {});
    const { provider = FORM === "executable" ? "process" : "served" } = options;
    const environment = {
      ...emulator.environment(),
      GENAUTH_CONFIRM_SECONDS: "0.2",
      ...options.environment,
    };
    const workspace = new itsWorkspace(template, environment, provider);
    opened.push(workspace);
    return { emulator, workspace };
  };
}
