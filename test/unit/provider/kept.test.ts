import { expect, test } from "@jest/globals";
import { startEmulator } from "../../../src/emulator";
import { KEPT_IN_PROCESS, KEPT_ON_ENGINES } from "../../support/acceptance/kept-cases";
import { runRemovalCase } from "../../support/acceptance/removal-case";
import { ModelWorkspace } from "../../support/engine-model/workspace";

// Concurrently, because some wait before they look somebody up again.
test.concurrent.each([...KEPT_ON_ENGINES, ...KEPT_IN_PROCESS])(
  "kept, with a reason: $title",
  async (story) => {
    const emulator = await startEmulator(story.setup?.emulator);
    const workspace = new ModelWorkspace(emulator, story.setup?.environment);
    try {
      await runRemovalCase({ emulator, workspace }, story);
      expect(emulator.calls.length).toBeGreaterThan(0);
    } finally {
      workspace.close();
      await emulator.close();
    }
  },
);
