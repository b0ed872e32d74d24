import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { runChild } from "../../../support/engine/child";
import { cleanEnvironment } from "../../../support/engine/clean-environment";
import { onPath } from "../../../support/engine/engine";
import { type Emulator, seedUsers, startEmulator } from "../../../support/emulator";
import { installProvider } from "../../../../src/install";
import { engines } from "../../../support/engine/engines";

const GO = onPath("go");
const withGo = GO === undefined ? describe.skip : describe;
if (GO === undefined) console.warn("Go is not installed, so HashiCorp's test harness is skipped.");

/** The harness starts and checks Terraform by its own name and version rules. */
const terraforms = engines().filter(({ name }) => name === "Terraform");

withGo.each(terraforms)("terraform-plugin-testing with $name $version", (engine) => {
  let emulator: Emulator;
  let folder: string;
  beforeEach(async () => {
    emulator = await startEmulator({ users: seedUsers(6) });
    folder = newFolder();
  });

  test("creates, plans nothing, removes, imports, and expects errors", async () => {
    installProvider({ dir: folder });
    const cliConfigFile = join(folder, "terraform.tfrc");
    const mirror = JSON.stringify(join(folder, "terraform.d", "plugins"));
    writeFileSync(
      cliConfigFile,
      `provider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`,
    );
    const env = cleanEnvironment(cliConfigFile, {
      ...emulator.environment(),
      // The harness turns TLS off.
      GENAUTH_PLUGIN_DEBUG: "1",
      TF_ACC: "1",
      TF_ACC_TERRAFORM_PATH: engine.path,
    });
    const { code, text } = await runChild(GO ?? "", ["test", "-count=1", "-v", "./..."], {
      cwd: __dirname,
      env,
    });
    expect({ code, text }).toMatchObject({
      code: 0,
      text: expect.stringContaining("--- PASS: TestCreateRemoveImport"),
    });
    expect(text).toContain("--- PASS: TestExpectedErrors");
    expect(emulator.pool.list().map(({ email }) => email)).toEqual(
      [2, 3, 4, 5, 6].map((n) => `user00${n}@example.com`),
    );
  }, 900_000);
});
