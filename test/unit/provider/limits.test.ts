import { afterEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../../src/emulator";
import { LIMITED_IN_PROCESS, LIMITED_ON_ENGINES } from "../../support/acceptance/limit-cases";
import { runRemovalCase } from "../../support/acceptance/removal-case";
import { ModelWorkspace } from "../../support/engine-model/workspace";

let emulator: Emulator | undefined;
let workspace: ModelWorkspace | undefined;
afterEach(async () => {
  workspace?.close();
  await emulator?.close();
});

test.each([...LIMITED_ON_ENGINES, ...LIMITED_IN_PROCESS])("limits: $title", async (story) => {
  emulator = await startEmulator(story.setup?.emulator);
  workspace = new ModelWorkspace(emulator, story.setup?.environment);
  await runRemovalCase({ emulator, workspace }, story);
  expect(emulator.calls.length).toBeGreaterThan(0);
});
