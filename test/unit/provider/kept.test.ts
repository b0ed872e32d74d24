import { afterEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../../src/emulator";
import { KEPT_IN_PROCESS, KEPT_ON_ENGINES } from "../../support/acceptance/kept-cases";
import { runRemovalCase } from "../../support/acceptance/removal-case";
import { ModelWorkspace } from "../../support/engine-model/workspace";

let emulator: Emulator | undefined;
let workspace: ModelWorkspace | undefined;
afterEach(async () => {
  workspace?.close();
  await emulator?.close();
});

test.each([...KEPT_ON_ENGINES, ...KEPT_IN_PROCESS])("kept, with a reason: $title", async (story) => {
  emulator = await startEmulator(story.setup?.emulator);
  workspace = new ModelWorkspace(emulator, story.setup?.environment);
  await runRemovalCase({ emulator, workspace }, story);
  expect(emulator.calls.length).toBeGreaterThan(0);
});
