import { beforeAll, describe, expect, test } from "@jest/globals";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { runChild, runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { version } from "../../../package.json";
import { releasePage } from "../../../scripts/release/release-page";
import { engines } from "../../support/engine/engines";

const ROOT = join(__dirname, "../../..");

describe.each(engines())("examples/hcl on $name", (engine) => {
  let folder: string;
  let emulator: Emulator;

  beforeAll(async () => {
    folder = newFolder();
    for (const file of ["main.tf", "staff.csv"]) cpSync(join(ROOT, "examples/hcl", file), join(folder, file));
    writeFileSync(join(folder, "empty.tfrc"), "");
    emulator = await startEmulator({ users: seedUsers(10) });
  });

  async function runIn(cwd: string, program: string, ...args: string[]): Promise<string> {
    const env = cleanEnvironment(join(folder, "empty.tfrc"), emulator.environment());
    return (await runToSuccess(program, args, { cwd, env })).text;
  }
  const run = (program: string, ...args: string[]) => runIn(folder, program, ...args);

  const install = [process.execPath, join(ROOT, "dist/cdktf-genauth.js"), "install-provider"] as const;
  const init = [engine.path, "init", "-no-color"] as const;

  test("runs as documented, and deletes users removed from the file", async () => {
    const staff = join(folder, "staff.csv");
    await run(...install);
    await run(...init);
    await run(engine.path, "apply", "-auto-approve", "-no-color");
    writeFileSync(staff, readFileSync(staff, "utf8").replace(/^user004@.*\n/m, ""));

    expect(await run(engine.path, "plan", "-out=tfplan", "-no-color")).toMatch(
      /- "user004@example\.com" += "User 004" -> null/,
    );
    await run(engine.path, "apply", "-no-color", "tfplan");
    expect(
      emulator.calls.filter(({ path }) => path.endsWith("/delete-users-batch")).map(({ ids }) => ids),
    ).toEqual([["user004@example.com"]]);
  }, 120_000);

  test("Git is offered the configuration and its lock file, and no provider, state, plan or copy", async () => {
    // What the test above has left, and a copy.
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["terraform.d", "terraform.tfstate", "tfplan"]),
    );
    writeFileSync(join(folder, "staff.csv.bak"), "");
    await run("git", "init", "-q");
    const offered = await run("git", "status", "--porcelain", "--untracked-files=all");
    expect(offered.split("\n").map((line) => line.slice(3))).toEqual([
      ".gitignore",
      ".terraform.lock.hcl",
      "empty.tfrc",
      "main.tf",
      "staff.csv",
      "",
    ]);
  }, 120_000);

  test("the page of a release holds files that lead to a deleted user", async () => {
    const page = releasePage(ROOT, version);
    const block = (language: string): string =>
      new RegExp(`^\`{3}${language}\\n(.*?)^\`{3}$`, "ms").exec(page)?.[1] ?? "";
    const csv = block("csv");
    const other = newFolder();
    cpSync(folder, other, { recursive: true });
    writeFileSync(join(other, "main.tf"), block("hcl"));
    rmSync(join(other, "terraform.tfstate"));
    const inOther = (staff: string, ...args: string[]): Promise<string> => {
      writeFileSync(join(other, "staff.csv"), staff);
      return runIn(other, engine.path, ...args, "-no-color");
    };
    await inOther(csv, "apply", "-auto-approve");
    expect(await inOther(csv.replace(/^user003@.*\n/m, ""), "plan")).toContain(
      "1 user will be permanently deleted from GenAuth in 1 call: user003@example.com",
    );
  }, 120_000);

  test("with --home, it is found by any configuration, also with -chdir", async () => {
    const home = newFolder();
    const infra = join(home, "project", "infra");
    cpSync(join(ROOT, "examples/hcl"), infra, { recursive: true });
    const env = cleanEnvironment(join(folder, "empty.tfrc"), { ...emulator.environment(), HOME: home });
    const at = (program: string, ...args: string[]) =>
      runChild(program, args, { cwd: join(home, "project"), env });
    const installed = await at(
      process.execPath,
      join(ROOT, "dist/cdktf-genauth.js"),
      "install-provider",
      "--home",
    );
    expect(installed).toMatchObject({
      code: 0,
      text: expect.stringContaining("for all your configurations"),
    });
    expect(existsSync(join(home, "project/terraform.d"))).toBe(false);
    expect(await at(engine.path, "-chdir=infra", "init", "-no-color")).toMatchObject({ code: 0 });
    expect(readFileSync(join(infra, ".terraform.lock.hcl"), "utf8")).toContain(
      "terraform.local/genauth/genauth",
    );
    expect(await at(engine.path, "-chdir=infra", "plan", "-no-color")).toMatchObject({
      code: 0,
      text: expect.stringContaining("genauth_user_set.staff will be created"),
    });
  });
});
