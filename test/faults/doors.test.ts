import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../src/emulator";
import { check } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import { Template } from "../support/template";
import { Workspace } from "../support/workspace";
import { childrenOf } from "./support/processes";

const secret = "s3cr3t-that-nobody-may-see-9876543210";

let template: Template;
beforeAll(async () => {
  const [engine] = engines();
  if (engine) template = await Template.prepare(engine);
});
afterAll(() => template.remove());

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux(
  "while a provider runs, its folder is shut, its arguments say nothing and it starts nobody",
  async () => {
    const users = seedUsers(60);
    const emulator = await startEmulator({ users, accessKeySecret: secret, latencyMs: 500 });
    const workspace = new Workspace(template, { ...emulator.environment(), TMPDIR: "temporary" });
    try {
      const temporary = join(workspace.folder, "temporary");
      mkdirSync(temporary);
      workspace.write({ users: users.map(({ userId }) => userId) });
      const run = workspace.start("apply", "-auto-approve", "-input=false");
      while (emulator.calls.length === 0) await delay(5);

      const [provider = 0, ...others] = childrenOf(run.pid);
      expect(others).toEqual([]);
      const [command, ...args] = readFileSync(`/proc/${provider}/cmdline`, "utf8").split("\0");
      expect([command, ...args].join(" ")).toContain("terraform-provider-genauth");
      expect([command, ...args].join(" ")).not.toContain(secret);
      expect(childrenOf(provider)).toEqual([]);
      const folders = readdirSync(temporary).filter((name) => name.startsWith("terraform-plugin-node-"));
      expect(folders).toHaveLength(1);
      expect(folders.map((name) => statSync(join(temporary, name)).mode & 0o777)).toEqual([0o700]);

      check(await run.finished, { code: 0 });
      expect(readdirSync(temporary).filter((name) => name.startsWith("terraform-plugin-node-"))).toEqual([]);
    } finally {
      await workspace.close();
      await emulator.close();
    }
  },
);
