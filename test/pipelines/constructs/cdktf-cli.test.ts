import { beforeAll, describe, expect, test } from "@jest/globals";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";

const ROOT = join(__dirname, "../../..");
const MODULES = join(ROOT, "node_modules");

/** The example stack with the built package and the real `cdktf`, without network access beyond loopback and without extra flags. */
describe.each(engines())("cdktf on $name", (engine) => {
  let folder: string;
  let emulator: Emulator;
  const users = seedUsers(3);

  beforeAll(async () => {
    folder = newFolder();
    emulator = await startEmulator({ users });
    const app = `node ${MODULES}/tsx/dist/cli.mjs ${ROOT}/test/support/staff-stack.ts`;
    const project = { language: "typescript", app, projectId: "test", sendCrashReports: "false" };
    writeFileSync(join(folder, "cdktf.json"), JSON.stringify(project));
    writeFileSync(join(folder, "empty.tfrc"), "");
    mkdirSync(join(folder, "home"));
  });

  function declare(emails: readonly (string | undefined)[]): void {
    const rows = emails.map((email) => `${email},"\${file(""/etc/passwd"")}"\n`);
    writeFileSync(join(folder, "staff.csv"), ["email,name\n", ...rows].join(""));
  }

  function cdktf(...args: string[]): Promise<Finished> {
    const env = cleanEnvironment(join(folder, "empty.tfrc"), {
      ...emulator.environment(),
      HOME: join(folder, "home"),
      STAFF_FILE: "staff.csv",
      TERRAFORM_BINARY_NAME: engine.path,
      CI: "1",
    });
    return runChild(
      process.execPath,
      [`${MODULES}/cdktf-cli/bundle/bin/cdktf`, ...args, "--output", "renamed"],
      {
        cwd: folder,
        env,
      },
    );
  }

  function usersInState(): unknown {
    const state = JSON.parse(readFileSync(join(folder, "terraform.staff.tfstate"), "utf8")) as {
      resources: { instances: { attributes: { users: unknown } }[] }[];
    };
    return state.resources[0]?.instances[0]?.attributes.users;
  }

  test("deploy works offline, and deletes users removed from the file", async () => {
    const [first, second, third] = users.map(({ email }) => email);
    const label = '${file("/etc/passwd")}';

    declare([first, second, third]);
    const created = await cdktf("deploy", "staff", "--auto-approve");
    expect([created.code, created.text]).toEqual([0, expect.stringContaining("1 added")]);
    expect(usersInState()).toEqual({ [`${first}`]: label, [`${second}`]: label, [`${third}`]: label });

    declare([first, third]);
    const removed = await cdktf("deploy", "staff", "--auto-approve");
    expect([removed.code, removed.text]).toEqual([0, expect.stringContaining("1 changed")]);
    expect(usersInState()).toEqual({ [`${first}`]: label, [`${third}`]: label });
    const deletions = emulator.calls.filter(({ path }) => path === "/api/v3/delete-users-batch");
    expect(deletions.map(({ ids }) => ids)).toEqual([[second]]);
  }, 240_000);
});
