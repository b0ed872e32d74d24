import { describe, expect, test } from "@jest/globals";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment, ownHome } from "../../support/engine/clean-environment";
import { seedUsers, startEmulator } from "../../support/emulator";
import { version } from "../../../package.json";
import { releasePage } from "../../../scripts/release/release-page";
import { engines } from "../../support/engine/engines";

const ROOT = join(__dirname, "../../..");

/** The first block of the page of a release in a language. */
function blockOfPage(language: string): string {
  const [, block = ""] =
    new RegExp(`^\`{3}${language}\\n(.*?)^\`{3}$`, "ms").exec(releasePage(ROOT, version)) ?? [];
  return block;
}

// That the example itself runs is in test/engine/cli/init.test.ts, which writes it.
describe.each(engines())("the files on the page of a release, on $name", (engine) => {
  test("find a provider installed with --home, also with -chdir, and lead to a deleted user", async () => {
    const home = newFolder();
    const infra = join(home, "project", "infra");
    mkdirSync(infra, { recursive: true });
    writeFileSync(join(home, "empty.tfrc"), "");
    const emulator = await startEmulator({ users: seedUsers(10) });
    const env = cleanEnvironment(join(home, "empty.tfrc"), { ...emulator.environment(), ...ownHome(home) });
    const run = async (program: string, ...args: string[]): Promise<string> =>
      (await runToSuccess(program, args, { cwd: join(home, "project"), env })).text;
    const inInfra = (...args: string[]) => run(engine.path, "-chdir=infra", ...args, "-no-color");

    const command = join(ROOT, "dist/cdktf-genauth.js");
    expect(await run(process.execPath, command, "install-provider", "--home")).toContain(
      "for all your configurations",
    );
    expect(existsSync(join(home, "project/terraform.d"))).toBe(false);
    writeFileSync(join(infra, "main.tf"), blockOfPage("hcl"));
    writeFileSync(join(infra, "staff.csv"), blockOfPage("csv"));
    await inInfra("init");
    expect(readFileSync(join(infra, ".terraform.lock.hcl"), "utf8")).toContain(
      "terraform.local/genauth/genauth",
    );
    await inInfra("apply", "-auto-approve");
    writeFileSync(join(infra, "staff.csv"), blockOfPage("csv").replace(/^user003@.*\n/m, ""));
    expect(await inInfra("plan")).toContain(
      "1 user will be permanently deleted from GenAuth in 1 call: user003@example.com",
    );
  }, 120_000);
});
