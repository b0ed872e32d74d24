import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { startEmulator } from "../../../support/emulator";
import { check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { PreparedRemoval } from "../kills/cut-apply";
import { sendSignals, until, type Cut } from "../kills/send-signals";

/** How an apply of the null resource is cut after its command, and what the state contains then. */
const CUTS: readonly (Pick<Cut, "victim" | "signals"> & {
  readonly before: "destroy" | "create";
  readonly left: "unchanged" | "absent";
})[] = [
  { before: "destroy", victim: "both", signals: ["SIGKILL"], left: "unchanged" },
  { before: "destroy", victim: "engine", signals: ["SIGINT"], left: "absent" },
  { before: "create", victim: "both", signals: ["SIGKILL"], left: "absent" },
];

/** The real null provider cannot be paused. */
const onLinux = process.platform === "linux" && !process.env.NULL_PROVIDER_MIRROR ? test : test.skip;
/** How many users the set in the state has; `undefined` if it is not there. */
const USERS_LEFT = { unchanged: 20, absent: undefined };
let removal: PreparedRemoval;
beforeAll(async () => {
  const [engine] = engines();
  removal = await PreparedRemoval.make(engine, 20, 10, "null_resource");
});

onLinux.each(CUTS)(
  "$signals to $victim between the command and the $before leaves the set $left in the state, and the next apply ends right",
  async ({ before, left, ...cut }) => {
    const emulator = await startEmulator({ users: removal.users, rateLimit: false });
    const workspace = removal.begin(emulator, { NULL_PROVIDER_HOLD: "hold" });
    try {
      workspace.writeFiles({ [`hold.${before}`]: "" });
      const held = join(workspace.folder, "hold.held");
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      await until(() => existsSync(held), child);
      await sendSignals(cut, child);
      rmSync(held, { force: true });
      const { code, text } = await child.finished;
      expect({ code, text }).not.toMatchObject({ code: 0 });

      const users = workspace.userSet()?.users;
      const size = users && Object.keys(users).length;
      expect(size).toBe(USERS_LEFT[left]);
      expect(emulator.pool.size).toBe(10);
      check(await workspace.apply(), { code: 0 });
      expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
    } finally {
      await workspace.close();
      await emulator.close();
    }
  },
);
