import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { startCommand } from "./command";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genauth-install-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("lays the provider and its lock entry in a folder", async () => {
  const { code, stdout, stderr } = await startCommand(["install-provider", "--dir", folder]).finished;

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(folder);
  const plugin = join(
    folder,
    `terraform.d/plugins/terraform.local/genauth/genauth/${version}/linux_amd64/terraform-provider-genauth_v${version}`,
  );
  expect(statSync(plugin).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(folder, ".terraform.lock.hcl"), "utf8")).toContain(
    "terraform.local/genauth/genauth",
  );
});

test("a folder that cannot be written is an error in words", async () => {
  const file = join(folder, "not-a-folder");
  writeFileSync(file, "");
  const { code, stdout, stderr } = await startCommand(["install-provider", "--dir", file]).finished;

  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*not-a-folder/);
  expect(stderr).not.toMatch(/^\s+at /m);
});
