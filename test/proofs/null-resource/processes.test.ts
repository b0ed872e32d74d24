import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";
import { until } from "../faults/kills/send-signals";
import { argumentsOf, childrenOf, variablesWith } from "../../support/faults/processes";
import {
  BOTH_WITHOUT_TEXT,
  REPORTS_ON_SIGNAL,
  requestReports,
  findInReports,
} from "../../support/faults/process-reports";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import type { Child, Workspace } from "../../support/workspace";
import { declareWithCommandBefore } from "./support/command-before";

const secret = "s3cr3t-that-nobody-may-see-1234567890";
const pool = seedUsers(4);
const [leaver = "", ...others] = pool.map(({ email }) => email ?? "");

const declaring = (users: readonly string[]) => ({ users, user_id_type: "email" });

/** The command that an engine runs for a set that loses users. */
function commandOf(engine: number): number {
  const [command = 0, ...more] = childrenOf(engine).filter((pid) =>
    argumentsOf(pid).includes("apply-null-resource"),
  );
  expect(more).toEqual([]);
  return command;
}

/** The processes are read from /proc, and the real null provider cannot be paused. */
const onLinux = process.platform === "linux" && !process.env.NULL_PROVIDER_MIRROR ? describe : describe.skip;

onLinux("while apply runs the command of the null resource", () => {
  // OpenTofu, if it is there: it needs TF_ENCRYPTION to show a plan.
  const open = useScenarios(engines().at(-1) ?? engines()[0], "null_resource");
  // Slow enough to look at the command while it waits for an answer.
  const emulatorOptions = { users: pool, accessKeySecret: secret, latencyMs: 500 };

  /** Applies a set of four, and begins to apply a plan from which the leaver is missing. */
  async function startRemoval(
    workspace: Workspace,
    declare: (users: readonly string[]) => void,
  ): Promise<Child> {
    declare([leaver, ...others]);
    check(await workspace.apply(), { code: 0 });
    declare(others);
    check(await workspace.plan("-out=plan"), { code: 2 });
    return workspace.start("apply", "-input=false", "plan");
  }

  test("it first starts the same engine to show the plan, without GenAuth's variables, and no other process", async () => {
    const { emulator, workspace } = await open({
      provider: "process",
      emulator: emulatorOptions,
      environment: { NULL_PROVIDER_HOLD: "hold", TF_ENCRYPTION: " " },
    });
    // The null provider that starts next is that of the engine which shows the plan. It renames the file, and goes on once it is gone.
    const run = await startRemoval(workspace, (users) =>
      declareWithCommandBefore(workspace, { staff: declaring(users) }, "touch hold.start"),
    );
    const held = join(workspace.folder, "hold.held");
    await until(() => existsSync(held), run);

    const command = commandOf(run.pid);
    const [showing = 0, ...more] = childrenOf(command);
    expect(more).toEqual([]);
    const plan = join(workspace.folder, "plan");
    expect(argumentsOf(showing)).toEqual([`/proc/${run.pid}/exe`, "show", "-json", "-no-color", plan]);
    const providers = childrenOf(showing);
    expect(providers).toHaveLength(1);
    for (const pid of [showing, ...providers]) {
      expect(variablesWith("GENAUTH_", pid)).toEqual([]);
      expect(variablesWith(secret, pid)).toEqual([]);
      expect(variablesWith("TF_ENCRYPTION", pid)).toEqual(["TF_ENCRYPTION"]);
    }
    expect(emulator.calls).toEqual([]);

    rmSync(held);
    await until(() => emulator.calls.length > 0, run);
    expect(childrenOf(command)).toEqual([]);
    check(await run.finished, { code: 0, says: ["1 of 1 user gone"] });
  }, 120_000);

  test("the secret is in none of its arguments, memory dumps, reports, logs and files", async () => {
    const scenario = await open({
      provider: "process",
      emulator: emulatorOptions,
      environment: { ...REPORTS_ON_SIGNAL, TF_LOG: "TRACE" },
    });
    const { emulator, workspace } = scenario;
    const run = await startRemoval(workspace, (users) => workspace.write(declaring(users)));
    await until(() => emulator.calls.length > 0, run);

    const command = commandOf(run.pid);
    expect(argumentsOf(command)).toEqual([
      "node",
      "./genauth/cdktf-genauth.cjs",
      "apply-null-resource",
      String(run.pid),
    ]);
    // The variable that the engine itself was given, which only the user who runs both can read.
    expect(variablesWith(secret, command)).toEqual(["GENAUTH_ACCESS_KEY_SECRET"]);
    // No kind of memory is dumped.
    expect(readFileSync(`/proc/${command}/coredump_filter`, "utf8")).toMatch(/^0+\n$/);
    requestReports(command);

    check(await run.finished, { code: 0, says: ["1 of 1 user gone"], neverSays: [secret] });
    expect(deletionsReceived(scenario)).toEqual([[leaver]]);
    expect(findInReports(workspace.folder, secret)).toEqual(BOTH_WITHOUT_TEXT);
    // The snapshot shows what the command holds.
    const { GENAUTH_ACCESS_KEY_ID } = emulator.environment();
    expect(findInReports(workspace.folder, GENAUTH_ACCESS_KEY_ID)).toMatchObject({
      "Heap.*.heapsnapshot": true,
    });
    const files = readdirSync(workspace.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const withSecret = files.filter(({ name }) =>
      readFileSync(join(workspace.folder, name), "utf8").includes(secret),
    );
    expect(withSecret).toEqual([]);
  }, 120_000);
});
