import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Child, startChild } from "../../support/engine/child";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";

const PROVIDER = resolve(__dirname, "../../../dist/terraform-provider-genauth");
const DEBUG = { GENAUTH_PLUGIN_DEBUG: "1" };

const pool = seedUsers(3);
const emails = pool.map(({ email }) => email ?? "");
const staff = { users: emails, user_id_type: "email" };

describe.each(engines())("a provider for debugging on $name", (engine) => {
  const open = useScenarios(engine);

  test("serves a harness that turns TLS off only if debugging is allowed", async () => {
    const withoutTls = { TF_DISABLE_PLUGIN_TLS: "1" };
    const refused = await open({ provider: "process", emulator: { users: pool }, environment: withoutTls });
    refused.workspace.write(staff);
    check(await refused.workspace.plan(), { code: 1, says: ["mutual TLS only", "GENAUTH_PLUGIN_DEBUG=1"] });

    const { workspace } = await open({
      provider: "process",
      emulator: { users: pool },
      environment: { ...withoutTls, ...DEBUG },
    });
    await applySet(workspace, staff);
    expect(Object.keys(workspace.userSet()?.users ?? {}).sort()).toEqual([...emails].sort());
  });

  describe("that a person has started", () => {
    let emulator: Emulator;
    let provider: Child;
    beforeEach(async () => {
      emulator = await startEmulator({ users: pool });
      const env = { PATH: process.env.PATH ?? "", ...emulator.environment(), ...DEBUG };
      provider = startChild(PROVIDER, [], { cwd: "/", env });
      await provider.waitFor(/TF_REATTACH_PROVIDERS='.*'\n/);
    });
    afterEach(() => provider.signal("SIGKILL"));

    test("serves one command after the other, forgets what the last one looked up, and ends on Ctrl-C", async () => {
      const [, reattach = ""] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(provider.text()) ?? [];
      const { workspace } = await open({
        provider: "process",
        environment: { TF_REATTACH_PROVIDERS: reattach },
      });
      await applySet(workspace, staff);
      emulator.pool.remove(pool[2]?.userId ?? "");
      workspace.write({ ...staff, users: emails.slice(1) });
      check(await workspace.plan("-out=plan"), {
        code: 2,
        says: ["1 user will be permanently deleted", "1 declared user vanished"],
      });
      check(await workspace.apply("plan"), { code: 0 });
      expect(emulator.pool.list().map(({ email }) => email)).toEqual([emails[1]]);

      const [, socket = ""] = /"String":"([^"]+)"/.exec(reattach) ?? [];
      expect(existsSync(socket)).toBe(true);
      provider.signal("SIGINT");
      expect(await provider.finished).toMatchObject({ code: 0, stderr: "" });
      expect(existsSync(dirname(socket))).toBe(false);
    });
  });
});
