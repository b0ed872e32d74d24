import { describe, expect, test } from "@jest/globals";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../../src/install";
import { newFolder } from "../../support/at-end";
import { consoleBlocks } from "../../support/docs/documents";
import { seedUsers, startEmulator } from "../../support/emulator";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { engines } from "../../support/engine/engines";

const BEFORE = "terraform.local/genauth/genauth";
const AFTER = "registry.example.com/genauth/genauth";

/** What the page tells to run. */
const COMMANDS = consoleBlocks("docs/guides/versioning.md").flatMap(({ commands }) =>
  commands.map(({ text }) => text),
);

describe.each(engines())("a state on $name", (engine) => {
  test("moves to another address of the provider, and the next plan changes nothing", async () => {
    const folder = newFolder();
    const emulator = await startEmulator({ users: seedUsers(1) });
    const tfrc = join(folder, "empty.tfrc");
    writeFileSync(tfrc, "");
    const env = { ...cleanEnvironment(tfrc), ...emulator.environment() };
    const run = (...args: string[]) => runChild(engine.path, [...args, "-no-color"], { cwd: folder, env });
    const declare = (source: string) => {
      const resource = {
        genauth_user_set: { staff: { users: { "user001@example.com": "" }, user_id_type: "email" } },
      };
      const terraform = { required_providers: { genauth: { source } } };
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform, resource }));
    };
    try {
      installProvider({ dir: folder });
      declare(BEFORE);
      expect(await run("init")).toMatchObject({ code: 0 });
      expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });

      const plugins = join(folder, "terraform.d/plugins");
      cpSync(join(plugins, BEFORE), join(plugins, AFTER), { recursive: true });
      declare(AFTER);
      // Answers the question that the command asks of a person.
      const answered = (command: string) =>
        command.replace("replace-provider", "replace-provider -auto-approve");
      for (const command of COMMANDS) {
        const [, ...args] = answered(command).split(" ");
        expect(await runChild(engine.path, args, { cwd: folder, env })).toMatchObject({ code: 0 });
      }
      expect(await run("plan", "-detailed-exitcode")).toMatchObject({ code: 0 });
    } finally {
      await emulator.close();
    }
  });
});
