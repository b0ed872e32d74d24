import { expect, test } from "@jest/globals";
import { startEmulator } from "../../../src/emulator";
import { FAULTS_IN_PROCESS } from "../../support/acceptance/fault-cases";
import { runRemovalCase } from "../../support/acceptance/removal-case";
import { ModelWorkspace } from "../../support/engine-model/workspace";

// Concurrently, because they mostly wait: for the next attempt, and for answers that never come.
test.concurrent.each(FAULTS_IN_PROCESS)("under faults: $title", async (story) => {
  const emulator = await startEmulator(story.setup?.emulator);
  const workspace = new ModelWorkspace(emulator, story.setup?.environment);
  try {
    await runRemovalCase({ emulator, workspace }, story);
    expect(emulator.calls.length).toBeGreaterThan(0);
  } finally {
    workspace.close();
    await emulator.close();
  }
});
