import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { childrenOf } from "../../support/faults/processes";
import { check } from "../../support/acceptance/removal-case";

const onLinux = process.platform === "linux" ? test : test.skip;
/** Eight chunks, two at a time: they are in the middle of it when the fourth arrives. */
const LEAVERS = 380;
const pool = seedUsers(400);
const ids = pool.map(({ userId }) => userId);
const emails = pool.map(({ email }) => email ?? "");
const staying = ids.slice(LEAVERS);

describe.each(engines())("an interrupted run on $name", (engine) => {
  const open = useScenarios(engine);

  /** Applies a removal, and holds its fourth and fifth deletion up until `cut` has ended. */
  async function applyUntil(
    cut: (child: Child) => unknown,
    declared: readonly string[] = ids,
    type = "user_id",
  ): Promise<Scenario & { code: number; text: string }> {
    const scenario = await open({ emulator: { users: pool } });
    const { emulator, workspace } = scenario;
    const set = { user_id_type: type, max_deletions: LEAVERS, max_deletions_percent: 100 };
    workspace.write({ ...set, users: declared }, { parallelism: 2 });
    check(await workspace.apply(), { code: 0 });
    workspace.write({ ...set, users: declared.slice(LEAVERS) }, { parallelism: 2 });
    const child = workspace.startInstalled("apply", "-auto-approve", "-input=false");
    let isCut: Promise<unknown> | undefined;
    emulator.steps.add({
      on: "delete-users-batch",
      nth: [4, 5],
      run: () => (isCut ??= Promise.resolve(cut(child))),
    });
    const { code, text } = await child.finished;
    return { ...scenario, code, text };
  }

  test("Ctrl-C leaves exactly the survivors in the state, and the next apply deletes the rest", async () => {
    const { emulator, workspace, code, text } = await applyUntil(async (child) => {
      child.signal("SIGINT");
      await child.waitFor(/Interrupt received/);
      // The engine now tells the provider, which a busy machine takes longer for.
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    check({ code, text }, { code: 1, says: ["interrupted"] });
    const left = emulator.pool.list().map(({ userId }) => userId);
    expect(left.length).toBeGreaterThan(staying.length);
    expect(left.length).toBeLessThan(ids.length);
    expect(Object.keys(workspace.userSet()?.users ?? {}).sort()).toEqual(left.sort());
    expect(workspace.userSet()?.drift?.survivors).toHaveLength(left.length - staying.length);

    check(await workspace.apply(), { code: 0 });
    expect(emulator.pool.list().map(({ userId }) => userId)).toEqual(staying);
    check(await workspace.plan(), { code: 0 });
  });

  onLinux("a killed provider takes along whom the ids named, and the next plan warns", async () => {
    const { workspace } = await applyUntil(
      ({ pid }) => childrenOf(pid).forEach((provider) => process.kill(provider, "SIGKILL")),
      emails,
      "email",
    );
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "Warning: The set no longer knows which users its ids named before",
        "Check the name of each user",
      ],
    });
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.plan(), { code: 0, neverSays: ["no longer knows"] });
  });
});

type Child = ReturnType<Scenario["workspace"]["start"]>;
