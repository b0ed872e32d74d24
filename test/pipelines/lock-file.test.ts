import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Job } from "../../src/pipeline/job";
import type { PipelineStack } from "../../src/pipeline/settings";
import { type Workspace, withStacks } from "../../src/pipeline/workspace";
import { newFolder } from "../support/at-end";
import { type Emulator, seedUsers, startEmulator } from "../support/emulator";
import type { Engine } from "../support/engine/engine";
import { engines } from "../support/engine/engines";
import { lockOf } from "./support/lock-file";
import { Team } from "./support/team";
import { plainStacks } from "./support/two-stacks";
import { PIPELINES } from "../support/pipelines/workflow";

/** A team with two users, on GitHub. */
async function openTeam(engine: Engine): Promise<{ readonly team: Team; readonly emulator: Emulator }> {
  const emulator = await startEmulator({ users: seedUsers(2) });
  const team = new Team(engine, emulator);
  await team.open();
  await team.create("email,name\nuser001@example.com,\n");
  return { team, emulator };
}

test.each(engines())(
  "on $name, the provider is not started if it is not the locked one, until the lock file is renewed",
  async (engine) => {
    const { team, emulator } = await openTeam(engine);
    const plan = async () => {
      const run = await team.push({ before: "apply" });
      return { result: run.result("plan"), text: run.text("plan") };
    };
    await team.commitLockFile(lockOf("other"));
    const refused = await plan();
    expect(refused.result).toBe("failure");
    expect(refused.text).toMatch(/doesn't match any of the\s+checksums/);
    expect(refused.text).toContain(
      "after an upgrade of cdktf-genauth or of another provider, run cdktf-genauth pipeline lock",
    );
    expect(emulator.calls).toEqual([]);

    const renewed = await team.renewLock();
    expect(renewed.match(/h1:.*=/)).toEqual(lockOf("shipped").match(/h1:.*=/));
    await team.commitLockFile(renewed);
    expect(await plan()).toMatchObject({ result: "success" });
  },
  600_000,
);

test("the providers of stacks in plain HCL are locked without anything that Git would commit with the lock files", async () => {
  const { team } = await openTeam(engines()[0]);
  const { configurations, others } = plainStacks(team, {});
  const offered = (clone: string) => team.git(clone, "status", "--porcelain", "--untracked-files=all");
  await team.propose("hcl", (users) => users, {
    programs: { ...configurations, ...others },
    prepare: async (clone) => {
      await team.writeSettings(clone);
      await team.git(clone, "add", "--all");
      await team.lockProviders(clone);
      expect((await offered(clone)).split("\n").filter((line) => line.startsWith("??"))).toEqual([
        "?? guests/.gitignore",
        // As init writes it; the settings name another place for it.
        "?? guests/.terraform.lock.hcl",
        "?? people/.gitignore",
      ]);
    },
  });
}, 600_000);

test("no file of a pipeline starts an engine: only the command does", () => {
  const files = readdirSync(PIPELINES, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.ya?ml$/.test(file),
  );
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const text = readFileSync(join(PIPELINES, file), "utf8").replaceAll(/^\s*#.*$/gm, "");
    expect([file, /\b(terraform|tofu) (-\S+ )*(init|plan|apply|show)\b/.exec(text)]).toEqual([file, null]);
  }
});

const STACK: PipelineStack = {
  name: "b",
  folder: "b",
  lock_file: "b.lock",
  state: "kept",
  init_arguments: [],
  reads: [],
  user_files: [],
  new: false,
};

/** Does something with a stack of a checkout, whose engine is `engine`. */
function withStack(
  checkout: string,
  engine: string,
  work: (workspace: Pick<Workspace, "folder" | "init">) => Promise<void>,
): Promise<void> {
  const settings = {
    stacks: [STACK],
    engine,
    init_arguments: [],
    environment: [],
    limits: { protected_users: {} },
  };
  const job = { checkout, settings, environment: process.env, users: {} } as unknown as Job;
  return withStacks(job, spawnSync("tar", ["-C", checkout, "-c", "./b"]).stdout, work);
}

test("no engine is started for a stack without a lock file", async () => {
  const checkout = newFolder();
  mkdirSync(join(checkout, "b"));
  const engine = join(checkout, "engine");
  const started = join(checkout, "started");
  writeFileSync(engine, `#!/bin/sh\ntouch "${started}"\n`, { mode: 0o755 });
  await withStack(checkout, engine, async (workspace) => {
    expect(await workspace.init(STACK)).toBe(
      "There is no b.lock, so nothing says which providers may run here. Run cdktf-genauth pipeline lock, and commit b.lock.",
    );
  });
  expect(existsSync(started)).toBe(false);
});

test("a lock file is copied before the engine's user could lay a link in its place", async () => {
  const checkout = newFolder();
  const victim = join(checkout, "victim");
  mkdirSync(join(checkout, "b"));
  for (const file of [join(checkout, "b.lock"), victim]) writeFileSync(file, file);
  await withStack(checkout, "true", async (workspace) => {
    const lock = join(workspace.folder, "stacks", "b", ".terraform.lock.hcl");
    // As code that the plan of another stack has started.
    rmSync(lock, { force: true });
    symlinkSync(victim, lock);
    expect(await workspace.init(STACK)).toBeUndefined();
  });
  expect(readFileSync(victim, "utf8")).toBe(victim);
});
