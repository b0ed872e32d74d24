import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { type Child, startChild } from "../../support/engine/child";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { findOsUser } from "../../../src/guard";
import { applySet, check } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import {
  COMMAND,
  commandLine,
  guardLine,
  pipedGuardLine,
  readEnvironments,
} from "../../support/guard/guarded";
import {
  COMMAND_USER,
  engineOpenToAll,
  filesHolding,
  giveTo,
  openToAll,
  OTHER_USER,
  whenRoot,
} from "../../support/guard/second-user";

/** The guard is the process that has the key. These tests show who can read it, and that plans are applied all the same. */

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");

/** Everything that a configuration can read of all processes. */
const READ_ALL = {
  everything: {
    value: `\${${readEnvironments("/proc")}}`,
  },
};

/** What starts a command where it sees no process but its own. */
const NAMESPACE = ["unshare", "--user", "--pid", "--fork", "--mount-proc"];
const permitsNamespaces =
  process.platform === "linux" && spawnSync("unshare", [...NAMESPACE.slice(1), "true"]).status === 0;
if (!permitsNamespaces)
  console.warn(
    "Not run: the tests of the guard's pid namespace. This machine has no unshare, or does not permit it.",
  );

/** `test`, where a user can make a namespace. */
const whenNamespaces = permitsNamespaces ? test : test.skip;

/** A set that is about to lose its first user, beside an output of everything that can be read. */
async function prepare(): Promise<Scenario> {
  const scenario = await open({ emulator: { users: pool } });
  const { workspace } = scenario;
  await applySet(workspace, { users: emails, user_id_type: "email" });
  workspace.write({ users: emails.slice(1), user_id_type: "email" });
  workspace.writeFiles({ "hostile.tf.json": JSON.stringify({ output: READ_ALL }) });
  return scenario;
}

/** Plans and applies under a guard, whose key is nowhere that the configuration reads. @param under the line before the engine's */
async function expectHiddenKey(
  { workspace, emulator }: Scenario,
  under: (...options: string[]) => string[],
): Promise<void> {
  const plan = workspace.startUnder(under("--read-only"), "plan", "-input=false", "-out=approved.tfplan");
  check(await plan.finished, { code: 0 });
  const shown = JSON.stringify(await workspace.planJson("approved.tfplan"));
  // The configuration did read what it could: its own environment, at least.
  expect(shown).toContain("GENAUTH_GUARD=");
  workspace.writeFiles({ "approved.json": shown });
  // The folder of the stack may be the command's user's, who could change a file there.
  const outside = newFolder();
  const line = under("--plan", "approved.json", "--audit", join(outside, "audit.jsonl"));
  const apply = workspace.startUnder(line, "apply", "-input=false", "approved.tfplan");
  check(await apply.finished, { code: 0, says: ["deletion of 1 of 1 approved"] });
  expect(emulator.pool.size).toBe(pool.length - 1);
  for (const folder of [workspace.folder, outside])
    expect(filesHolding(folder, emulator.accessKeySecret)).toEqual([]);
}

const open = useScenarios(engineOpenToAll(engines()[0]));

whenNamespaces(
  "a command in a pid namespace of its own applies a saved plan, and no configuration finds the key",
  async () => {
    await expectHiddenKey(await prepare(), (...options) => [...guardLine(...options), ...NAMESPACE]);
  },
);

// What the configuration finds where the key is in the environment: key-in-reach.
(process.platform === "linux" ? test : test.skip)(
  "under a guard of the command's own user, with a key from a pipe, a saved plan applies, and no configuration finds the key",
  async () => {
    const scenario = await prepare();
    const { accessKeyId, accessKeySecret } = scenario.emulator;
    const file = join(newFolder(), "key");
    writeFileSync(file, `${accessKeyId}\n${accessKeySecret}\n`, { mode: 0o600 });
    await expectHiddenKey(scenario, (...options) => pipedGuardLine(file, ...options));
  },
);

whenRoot("who can read the guard", () => {
  // With a guard of a second user: key-in-reach.
  test("a saved plan applies under one user, with a guard that is not dumpable, and no configuration finds the key", async () => {
    const scenario = await prepare();
    giveTo(scenario.workspace.folder, COMMAND_USER);
    const users = ["--user", COMMAND_USER, "--guard-user", COMMAND_USER];
    await expectHiddenKey(scenario, (...options) => guardLine(...options, ...users));
  });

  /** As in a container that runs as the user: no process is seen but its own, and it is the first one. */
  function container(name: string): string[] {
    const { uid, gid } = findOsUser(name);
    const user = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
    return ["unshare", "--pid", "--fork", "--mount-proc", "setpriv", ...user];
  }

  whenNamespaces(
    "of two containers that share a socket's folder, a saved plan applies as one user, who finds no key, and not as another one",
    async () => {
      const { workspace, emulator } = await prepare();
      const shared = newFolder();
      const socket = join(shared, "guard.sock");
      giveTo(workspace.folder, COMMAND_USER);
      const reading = guardLine("--read-only", "--user", COMMAND_USER, "--guard-user", OTHER_USER);
      const planned = workspace.startUnder(reading, "plan", "-input=false", "-out=approved.tfplan");
      check(await planned.finished, { code: 0 });
      writeFileSync(join(shared, "plan.json"), JSON.stringify(await workspace.planJson("approved.tfplan")));
      giveTo(shared, COMMAND_USER);
      const [program = "", ...args] = [
        ...container(COMMAND_USER),
        ...commandLine(openToAll(COMMAND)),
        ...["guard", "--listen", socket, "--plan", join(shared, "plan.json")],
      ];
      const env = { PATH: process.env.PATH ?? "", ...emulator.environment() };
      const sidecar = startChild(program, args, { cwd: shared, env });
      try {
        await sidecar.waitFor(/GENAUTH_GUARD=/);
        const names = ["GENAUTH_ACCESS_KEY_ID", "GENAUTH_ACCESS_KEY_SECRET"];
        const keyless = ["env", ...names.flatMap((name) => ["-u", name]), `GENAUTH_GUARD=${socket}`];
        const run = async (user: string, ...engineArgs: [string, ...string[]]) => {
          giveTo(workspace.folder, user);
          return await workspace.startUnder([...keyless, ...container(user)], ...engineArgs).finished;
        };
        check(await run(OTHER_USER, "plan", "-input=false"), { code: 1, says: ["EACCES"] });
        check(await run(COMMAND_USER, "apply", "-input=false", "approved.tfplan"), { code: 0 });
      } finally {
        sidecar.signal("SIGTERM");
        check(await sidecar.finished, { code: 0, says: ["deletion of 1 of 1 approved"] });
      }
      expect(emulator.pool.size).toBe(pool.length - 1);
      expect(filesHolding(workspace.folder, emulator.accessKeySecret)).toEqual([]);
    },
  );

  describe("from the same machine", () => {
    let folder: string | undefined;
    let emulator: Emulator | undefined;
    let end: (() => Promise<unknown>) | undefined;
    afterEach(async () => {
      await end?.();
      folder = emulator = end = undefined;
    });

    async function startGuard(
      guardUser: string,
    ): Promise<{ readonly pid: number; readonly socket: string; readonly child: Child }> {
      folder = newFolder();
      chmodSync(folder, 0o711);
      emulator = await startEmulator({ users: pool });
      const socket = join(folder, "guard.sock");
      const options = ["--read-only", "--listen", socket, "--user", COMMAND_USER, "--guard-user", guardUser];
      const [program = "", ...args] = guardLine(...options).slice(0, -1);
      const env = { PATH: process.env.PATH ?? "", ...emulator.environment() };
      const child = startChild(program, args, { cwd: folder, env });
      end = async () => {
        process.kill(child.pid, "SIGTERM");
        expect((await child.finished).code).toBe(0);
      };
      await child.waitFor(/GENAUTH_GUARD=/);
      return { pid: child.pid, socket, child };
    }

    const runAs = (name: string, script: string) => {
      const { uid, gid } = findOsUser(name);
      return spawnSync("sh", ["-c", script], { uid, gid, encoding: "utf8" });
    };

    test.each([COMMAND_USER, OTHER_USER])(
      "nothing of a guard of %s is read by the command's user",
      async (guardUser) => {
        const { pid } = await startGuard(guardUser);
        // The administrator of the machine can, so there is something to read.
        expect(readFileSync(`/proc/${pid}/environ`).length).toBeGreaterThan(0);
        const debuggers = ["gdb", "strace"].filter((name) => spawnSync("which", [name]).status === 0);
        if (debuggers.length === 0) console.warn("Not run: no gdb and no strace on this machine.");
        for (const attempt of [
          `cat /proc/${pid}/environ`,
          `cat /proc/${pid}/maps`,
          `ls /proc/${pid}/fd/`,
          ...(debuggers.includes("strace") ? [`timeout 2 strace -p ${pid} 2>&1 | grep attached`] : []),
          ...(debuggers.includes("gdb")
            ? [`gdb -p ${pid} -batch -ex 'info proc mappings' 2>&1 | grep -q '0x' `]
            : []),
        ]) {
          const { status, stdout } = runAs(COMMAND_USER, attempt);
          expect({ attempt, isRefused: status !== 0, stdout }).toEqual({
            attempt,
            isRefused: true,
            stdout: "",
          });
        }
      },
    );

    test("its user opens no debugger in it", async () => {
      const { pid, socket, child } = await startGuard(COMMAND_USER);
      expect(runAs(COMMAND_USER, `kill -USR1 ${pid}`).status).toBe(0);
      // It answers, so it has taken notice of the signal, or none.
      const ask = `'${process.execPath}' -e 'require("http").get({ socketPath: process.argv[1] }, ({ statusCode }) => process.exit(statusCode - 400))' '${socket}'`;
      for (let time = 0; time < 3; time += 1) expect(runAs(COMMAND_USER, ask).status).toBe(3);
      await end?.();
      end = undefined;
      expect((await child.finished).text).not.toContain("Debugger");
    });

    test("only its user opens the socket", async () => {
      const { socket } = await startGuard(OTHER_USER);
      const connect = `'${process.execPath}' -e 'require("net").connect(process.argv[1]).on("connect",()=>process.exit(0)).on("error",()=>process.exit(7))' '${socket}'`;
      expect(runAs(COMMAND_USER, connect).status).toBe(0);
      expect(runAs("bin", connect).status).toBe(7);
    });

    test.each([["root"], ["0"]])("--user %s is refused", async (name) => {
      const [program = "", ...args] = guardLine("--read-only", "--user", name, "--guard-user", OTHER_USER);
      const env = { PATH: process.env.PATH ?? "" };
      const finished = await startChild(program, [...args, "true"], { cwd: tmpdir(), env }).finished;
      check(finished, { code: 1, says: ["a command of root can read every process"] });
    });
  });
});
