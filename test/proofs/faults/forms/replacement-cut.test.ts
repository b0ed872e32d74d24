import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../../support/emulator";
import { check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import type { Workspace } from "../../../support/workspace";
import { PreparedRemoval } from "../kills/cut-apply";
import { type Cut, sendSignals, until } from "../kills/send-signals";

const LEAVING = 8;
const STAYING = 12;

// The tests replace the null provider by one that they can pause. The real one, from a mirror, cannot be paused.
// Only Linux lists the processes to kill.
const canCut = process.platform === "linux" && !process.env.NULL_PROVIDER_MIRROR;

/**
 * When users leave, the engine replaces the null resource. First its destroy-time provisioner runs the command
 * that deletes the users. Then the null provider destroys the old object, and creates the new one.
 */
(canCut ? describe : describe.skip)(
  "an apply of the null resource that is cut once its command has deleted",
  () => {
    let removal: PreparedRemoval;
    let emulator: Emulator;
    let workspace: Workspace;
    beforeAll(async () => {
      const [engine] = engines();
      removal = await PreparedRemoval.make(engine, LEAVING + STAYING, STAYING, "null_resource");
    });
    beforeEach(async () => {
      emulator = await startEmulator({ users: removal.users, rateLimit: false });
      workspace = removal.begin(emulator, { NULL_PROVIDER_HOLD: "pause" });
    });
    afterEach(async () => {
      await workspace.close();
      await emulator.close();
    });

    const idsInPool = () => emulator.pool.list().map(({ userId }) => userId);
    const idsInState = () => Object.keys(workspace.userSet()?.users ?? {}).sort();

    async function cutBefore(step: "destroy" | "create", cut: Pick<Cut, "victim" | "signals">) {
      // The null provider renames this file when it pauses before the step, and goes on when it is removed.
      workspace.writeFiles({ [`pause.${step}`]: "" });
      const paused = join(workspace.folder, "pause.held");
      const apply = workspace.start("apply", "-auto-approve", "-input=false");
      await until(() => existsSync(paused), apply);
      expect(idsInPool()).toEqual(removal.stayingIds());

      await sendSignals(cut, apply);
      rmSync(paused, { force: true });
      const { code } = await apply.finished;
      expect(code).not.toBe(0);
    }

    async function expectNextApplyToComplete() {
      check(await workspace.apply(), { code: 0 });
      expect(idsInPool()).toEqual(removal.stayingIds());
      expect(idsInState()).toEqual(removal.stayingIds());
    }

    test("killed before the old object is destroyed: the state still has it, and the next apply replaces it", async () => {
      await cutBefore("destroy", { victim: "both", signals: ["SIGKILL"] });
      expect(idsInState()).toHaveLength(LEAVING + STAYING);
      await expectNextApplyToComplete();
    });

    test("interrupted before the old object is destroyed: the engine creates no new one, and the next apply does", async () => {
      await cutBefore("destroy", { victim: "engine", signals: ["SIGINT"] });
      expect(workspace.userSet()).toBeUndefined();
      await expectNextApplyToComplete();
    });

    test("killed before the new object is created: the state has none, and the next apply creates it", async () => {
      await cutBefore("create", { victim: "both", signals: ["SIGKILL"] });
      expect(workspace.userSet()).toBeUndefined();
      await expectNextApplyToComplete();
    });
  },
);
