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
import { declareWithCommandBefore } from "./support/command-before";

const secret = "s3cr3t-that-nobody-may-see-1234567890";
const pool = seedUsers(4);
const emails = pool.map(({ email }) => email ?? "");

/** Whether a process runs the command of a stack. */
const isCommand = (pid: number): boolean => argumentsOf(pid).includes("apply-null-resource");

/** The real null provider cannot be paused. */
const onLinux = process.platform === "linux" && !process.env.NULL_PROVIDER_MIRROR ? describe : describe.skip;

onLinux("while the command of the null resource runs", () => {
  // OpenTofu, if it is there: it needs TF_ENCRYPTION to show a plan.
  const open = useScenarios(engines().at(-1) ?? engines()[0], "null_resource");

  test("it starts only that engine, without our variables, and nothing visible of the two contains the secret", async () => {
    const scenario = await open({
      provider: "process",
      emulator: { users: pool, accessKeySecret: secret, latencyMs: 500 },
      environment: { ...REPORTS_ON_SIGNAL, NULL_PROVIDER_HOLD: "hold", TF_ENCRYPTION: " ", TF_LOG: "TRACE" },
    });
    const { emulator, workspace } = scenario;
    // The null provider starts next for the engine that shows the plan.
    const declare = (users: readonly string[]): void =>
      declareWithCommandBefore(workspace, { staff: { users, user_id_type: "email" } }, "touch hold.start");
    declare(emails);
    check(await workspace.apply(), { code: 0 });
    declare(emails.slice(1));
    check(await workspace.plan("-out=plan"), { code: 2 });
    const run = workspace.start("apply", "-input=false", "plan");
    const held = join(workspace.folder, "hold.held");
    await until(() => existsSync(held), run);

    const [command = 0, ...others] = childrenOf(run.pid).filter(isCommand);
    expect(others).toEqual([]);
    expect(argumentsOf(command)).toEqual([
      ...["node", "./genauth/cdktf-genauth.cjs", "apply-null-resource"],
      String(run.pid),
    ]);
    expect(variablesWith(secret, command)).toEqual(["GENAUTH_ACCESS_KEY_SECRET"]);

    const [showing = 0, ...more] = childrenOf(command);
    expect(more).toEqual([]);
    const plan = join(workspace.folder, "plan");
    expect(argumentsOf(showing)).toEqual([`/proc/${run.pid}/exe`, "show", "-json", "-no-color", plan]);
    const providers = childrenOf(showing);
    expect(providers).toHaveLength(1);
    for (const pid of [showing, ...providers]) {
      expect(variablesWith(secret, pid)).toEqual([]);
      expect(variablesWith("GENAUTH_", pid)).toEqual([]);
      expect(variablesWith("TF_ENCRYPTION", pid)).toEqual(["TF_ENCRYPTION"]);
    }
    expect(emulator.calls).toEqual([]);
    rmSync(held);

    await until(() => emulator.calls.length > 0, run);
    expect(childrenOf(command)).toEqual([]);
    expect(readFileSync(`/proc/${command}/coredump_filter`, "utf8")).toMatch(/^0+\n$/);
    requestReports(command);
    check(await run.finished, { code: 0, says: ["1 of 1 user gone"], neverSays: [secret] });
    expect(findInReports(workspace.folder, secret)).toEqual(BOTH_WITHOUT_TEXT);
    expect(deletionsReceived(scenario)).toEqual([[emails[0]]]);
    const files = readdirSync(workspace.folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(workspace.folder, name), "utf8"));
    expect(files.filter((text) => text.includes(secret))).toEqual([]);
  }, 120_000);
});
