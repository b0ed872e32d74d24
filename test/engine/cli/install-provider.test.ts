import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { runCommand } from "../../support/command";

let folder: string;
beforeEach(() => void (folder = newFolder()));

test("writes the provider and its lock entry into a folder", async () => {
  const { code, stdout, stderr } = await runCommand(["install-provider", "--dir", folder]);

  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `${folder} holds no .tf file. Terraform finds the provider only where it is started: if your files are elsewhere, name their folder with --dir.\n`,
  });
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

describe("--locked", () => {
  const install = (...args: string[]) => runCommand(["install-provider", "--dir", folder, ...args]);
  let lock: string;
  let committed: string;
  beforeEach(async () => {
    lock = join(folder, ".terraform.lock.hcl");
    await install();
    committed = readFileSync(lock, "utf8");
    rmSync(join(folder, "terraform.d"), { recursive: true });
  });

  test("writes what the lock file names, and leaves the file as it is", async () => {
    expect(await install("--locked")).toMatchObject({ code: 0 });
    expect(readFileSync(lock, "utf8")).toBe(committed);
    expect(existsSync(join(folder, "terraform.d"))).toBe(true);
  });

  test("writes nothing if the lock file names another provider", async () => {
    const foreign = committed.replace(/h1:.*=/, `h1:${"A".repeat(43)}=`);
    writeFileSync(lock, foreign);
    const { code, stderr } = await install("--locked");
    expect(code).toBe(1);
    expect(stderr).toContain("does not lock this GenAuth provider");
    expect(readFileSync(lock, "utf8")).toBe(foreign);
    expect(existsSync(join(folder, "terraform.d"))).toBe(false);
  });
});

test.each(["main.tf", "cdk.tf.json", "main.tofu"])("says nothing of a folder that holds %s", async (file) => {
  writeFileSync(join(folder, file), "");
  const { code, stderr } = await runCommand(["install-provider", "--dir", folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test.each([
  {
    what: "a misspelt folder",
    dir: "infar",
    says: /^error: --dir: the folder .*infar does not exist\. .* Nothing was written\.\n$/,
  },
  { what: "a file", dir: "a-file", says: /^error: --dir: the folder .*a-file is a file\. .*\n$/ },
  {
    what: "a folder below a file",
    dir: "a-file/infra",
    says: /^error: --dir: the folder .*infra does not exist\. .*\n$/,
  },
  {
    what: "a folder in /proc, where nobody can create one",
    dir: "/proc/x",
    says: /^error: --dir: the folder \/proc\/x does not exist\. .*\n$/,
  },
  {
    what: "/proc",
    dir: "/proc",
    says: /^error: \/proc\/terraform\.d cannot be written: .* \(E[A-Z]+\)\. .*\n$/,
  },
  {
    what: "/sys",
    dir: "/sys",
    says: /^error: \/sys\/terraform\.d cannot be written: .* \(E[A-Z]+\)\. .*\n$/,
  },
  {
    what: "a folder in which terraform.d is a file",
    dir: ".",
    says: /^error: .*terraform\.d.* cannot be written: .*\(E[A-Z]+\)\. .*\n$/,
  },
])("$what is an error of one sentence, and nothing is created", async ({ dir, says }) => {
  writeFileSync(join(folder, "a-file"), "");
  writeFileSync(join(folder, "terraform.d"), "");
  const { code, stdout, stderr } = await runCommand(["install-provider", "--dir", resolve(folder, dir)]);

  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(says) as unknown,
  });
  expect(readdirSync(folder).sort()).toEqual(["a-file", "terraform.d"]);
});
