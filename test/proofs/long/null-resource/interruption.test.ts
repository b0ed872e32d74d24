import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../../support/emulator";
import { applySet, check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { useScenarios } from "../../../support/scenario";

const pool = seedUsers(600);
const ids = pool.map(({ userId }) => userId);
const staying = ids.slice(500);

describe.each(engines())("an interrupted apply of the null resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  test.each(["SIGINT", "SIGKILL"] as const)(
    "%s leaves the set unchanged, and the next apply deletes the rest",
    async (signal) => {
      const { emulator, workspace } = await open({
        emulator: { users: pool, latencyMs: 100 },
        environment: { GENAUTH_PARALLELISM: "1" },
      });
      await applySet(workspace, { users: ids });
      workspace.write({ users: staying, max_deletions_percent: 100 });
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      const deletions = () => emulator.calls.filter(({ path }) => path.endsWith("delete-users-batch"));
      while (deletions().length < 3) await setTimeout(5);
      child.signal(signal);
      const { code } = await child.finished;
      expect(code).not.toBe(0);
      expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(ids.length);
      expect(emulator.pool.size).toBeGreaterThan(staying.length);

      check(await workspace.apply("-lock=false"), { code: 0, says: ["Already gone"] });
      expect(emulator.pool.list().map(({ userId }) => userId)).toEqual(staying);
    },
  );
});
