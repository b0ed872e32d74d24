import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Child, type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { engines } from "../../support/engine/engines";
import { exportsOf, startCommand } from "../../support/command";

/** A configuration without CDKTF. */
const configuration = (...ids: readonly string[]): string => `
terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}

resource "genauth_user_set" "staff" {
  user_id_type = "email"
  users = {
${ids.map((id) => `    ${JSON.stringify(id)} = ""`).join("\n")}
  }
}
`;

describe.each(engines())("plain HCL on $name", (engine) => {
  let folder: string;
  let emulator: Child;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "genauth-hcl-"));
    writeFileSync(join(folder, "empty.tfrc"), "");
    emulator = startCommand(["emulator", "--count", "3"]);
    await emulator.waitFor(/Ctrl-C ends it/);
  });
  afterEach(async () => {
    emulator.signal("SIGKILL");
    await emulator.finished;
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]): Promise<Finished> =>
    runChild(engine.path, args, {
      cwd: folder,
      env: cleanEnvironment(join(folder, "empty.tfrc"), exportsOf(emulator)),
    });
  const apply = () => run("apply", "-no-color", "-input=false", "-auto-approve");

  test("runs with the provider and the emulator of the command", async () => {
    const installation = await startCommand(["install-provider", "--dir", folder]).finished;
    expect(installation.code).toBe(0);
    writeFileSync(join(folder, "main.tf"), configuration("user001@example.com", "user002@example.com"));
    expect(await run("init", "-no-color", "-input=false")).toMatchObject({ code: 0 });
    expect(await apply()).toMatchObject({ code: 0 });

    writeFileSync(join(folder, "main.tf"), configuration("user002@example.com"));
    const removal = await apply();
    expect(removal.text).toContain("1 user will be permanently deleted from GenAuth in 1 call");
    expect(removal.code).toBe(0);
    expect(await run("plan", "-no-color", "-input=false", "-detailed-exitcode")).toMatchObject({ code: 0 });
  });
});
