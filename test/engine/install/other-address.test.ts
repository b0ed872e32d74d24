import { describe, expect, test } from "@jest/globals";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../../src/install";
import { newFolder } from "../../support/at-end";
import { consoleBlocks } from "../../support/docs/documents";
import { seedUsers, startEmulator } from "../../support/emulator";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { engines } from "../../support/engine/engines";

const PAGE = "docs/guides/versioning.md";

// The addresses in the commands of the page.
const BEFORE = "terraform.local/genauth/genauth";
const AFTER = "registry.example.com/genauth/genauth";

test(`${PAGE} moves a state to another address of the provider with two commands`, () => {
  const commands = consoleBlocks(PAGE).flatMap((block) => block.commands.map(({ text }) => text));
  expect(commands).toEqual([
    `terraform state replace-provider ${BEFORE} ${AFTER}`, // asks for a yes
    "terraform init",
  ]);
});

describe.each(engines())("these two commands, with $name", (engine) => {
  test("move a state, and the next plan changes nothing", async () => {
    const folder = newFolder();
    const emulator = await startEmulator({ users: seedUsers(1) });
    // It stands in for the developer's own ~/.terraformrc.
    const settings = join(folder, "empty.tfrc");
    writeFileSync(settings, "");
    const env = cleanEnvironment(settings, emulator.environment());
    const run = (...args: string[]) => runToSuccess(engine.path, args, { cwd: folder, env });
    const takeProviderFrom = (source: string) => {
      const resource = {
        genauth_user_set: { staff: { users: { "user001@example.com": "" }, user_id_type: "email" } },
      };
      const terraform = { required_providers: { genauth: { source } } };
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform, resource }));
    };
    const state = (): unknown => JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8"));

    installProvider({ dir: folder });
    takeProviderFrom(BEFORE);
    await run("init");
    await run("apply", "-auto-approve");
    expect(state()).toMatchObject({ resources: [{ name: "staff", provider: `provider["${BEFORE}"]` }] });

    const plugins = join(folder, "terraform.d/plugins");
    cpSync(join(plugins, BEFORE), join(plugins, AFTER), { recursive: true });
    takeProviderFrom(AFTER);
    await run("state", "replace-provider", "-auto-approve", BEFORE, AFTER);
    await run("init");

    expect(state()).toMatchObject({ resources: [{ name: "staff", provider: `provider["${AFTER}"]` }] });
    // With this option, a plan that changes something fails.
    await run("plan", "-detailed-exitcode");
  });
});
