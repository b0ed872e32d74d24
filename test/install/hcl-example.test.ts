import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "../../scripts/engine/child";
import { cleanEnvironment } from "../../scripts/engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "../../src/emulator";
import { engines } from "../support/engine";

const ROOT = join(__dirname, "../..");

describe.each(engines())("examples/hcl on $name", (engine) => {
  let folder: string;
  let emulator: Emulator;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "genauth-hcl-"));
    for (const file of ["main.tf", "staff.csv"]) cpSync(join(ROOT, "examples/hcl", file), join(folder, file));
    writeFileSync(join(folder, "empty.tfrc"), "");
    emulator = await startEmulator({ users: seedUsers(10) });
  });
  afterAll(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(program: string, ...args: string[]): Promise<string> {
    const env = cleanEnvironment(join(folder, "empty.tfrc"), emulator.environment());
    const { code, text } = await runChild(program, args, { cwd: folder, env });
    expect([code, text]).toEqual([0, expect.anything()]);
    return text;
  }

  test("runs as it says, and deletes who has left the file", async () => {
    const staff = join(folder, "staff.csv");
    await run(process.execPath, join(ROOT, "dist/genauth-users.js"), "install-provider", "--dir", ".");
    await run(engine.path, "init", "-no-color");
    await run(engine.path, "apply", "-auto-approve", "-no-color");
    writeFileSync(staff, readFileSync(staff, "utf8").replace(/^user004@.*\n/m, ""));

    expect(await run(engine.path, "plan", "-no-color")).toMatch(
      /- "user004@example\.com" += "User 004" -> null/,
    );
    await run(engine.path, "apply", "-auto-approve", "-no-color");
    expect(
      emulator.calls.filter(({ path }) => path.endsWith("/delete-users-batch")).map(({ ids }) => ids),
    ).toEqual([["user004@example.com"]]);
  }, 120_000);
});
