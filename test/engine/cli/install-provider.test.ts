import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { runCommand } from "../../support/command";

let folder: string;
beforeEach(() => void (folder = newFolder()));

const installInto = (dir: string, ...options: string[]) =>
  runCommand(["install-provider", "--dir", dir, ...options]);

/** The provider's program in the folder, for a platform. */
const programFor = (platform: string) =>
  join(
    folder,
    `terraform.d/plugins/terraform.local/genauth/genauth/${version}/${platform}/terraform-provider-genauth_v${version}`,
  );

test("writes the provider for every platform, and its lock entry, into a folder", async () => {
  const { code, stdout } = await installInto(folder);

  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `The genauth provider is installed in ${folder}. Next: run terraform init there, or tofu init, and commit its .terraform.lock.hcl.\n`,
  });
  const platforms = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];
  expect(platforms.map((platform) => statSync(programFor(platform)).mode & 0o777)).toEqual(
    platforms.map(() => 0o755),
  );
  expect(readFileSync(join(folder, ".terraform.lock.hcl"), "utf8")).toContain(
    "terraform.local/genauth/genauth",
  );
});

test("says of a folder without .tf files that Terraform may be started elsewhere", async () => {
  const { stderr } = await installInto(folder);
  expect(stderr).toBe(
    `${folder} holds no .tf file. Terraform finds the provider only where it is started: if your files are elsewhere, name their folder with --dir.\n`,
  );
});

test.each(["main.tf", "cdk.tf.json", "main.tofu"])("says nothing of a folder that holds %s", async (file) => {
  writeFileSync(join(folder, file), "");
  const { code, stderr } = await installInto(folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

describe("--locked, in a clone that holds only the lock file,", () => {
  let lock: string;
  let committed: string;
  let program: Buffer;
  beforeEach(async () => {
    lock = join(folder, ".terraform.lock.hcl");
    await installInto(folder);
    committed = readFileSync(lock, "utf8");
    program = readFileSync(programFor("linux_amd64"));
    rmSync(join(folder, "terraform.d"), { recursive: true });
  });

  test("writes the provider that the lock file names, and leaves the lock file as it is", async () => {
    expect(await installInto(folder, "--locked")).toMatchObject({ code: 0 });
    expect(readFileSync(lock, "utf8")).toBe(committed);
    expect(readFileSync(programFor("linux_amd64"))).toEqual(program);
  });

  test("writes nothing if the lock file has the hash of another build", async () => {
    const ofAnotherBuild = committed.replace(/h1:.*=/, `h1:${"A".repeat(43)}=`);
    writeFileSync(lock, ofAnotherBuild);
    const { code, stderr } = await installInto(folder, "--locked");
    expect(code).toBe(1);
    expect(stderr).toContain("does not lock this GenAuth provider");
    expect(readFileSync(lock, "utf8")).toBe(ofAnotherBuild);
    expect(existsSync(join(folder, "terraform.d"))).toBe(false);
  });
});

describe("nothing is written, and one line says why,", () => {
  test.each([
    { what: "is misspelt", dir: "infar", problem: "does not exist" },
    { what: "is a file", dir: "main.tf", problem: "is a file" },
    { what: "is below a file", dir: "main.tf/infra", problem: "does not exist" },
  ])("if the folder $what", async ({ dir, problem }) => {
    writeFileSync(join(folder, "main.tf"), "");
    const named = resolve(folder, dir);
    expect(await installInto(named)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `error: --dir: the folder ${named} ${problem}. Name the folder that holds your .tf files. Nothing was written.\n`,
    });
    expect(readdirSync(folder)).toEqual(["main.tf"]);
  });

  test("if a file is named terraform.d, as the provider's folder is", async () => {
    writeFileSync(join(folder, "terraform.d"), "");
    expect(await installInto(folder)).toMatchObject(cannotBeWritten(folder));
    expect(readdirSync(folder)).toEqual(["terraform.d"]);
  });
});

test.each(["/proc", "/sys"])("says in one line that not even root can write into %s", async (dir) => {
  expect(await installInto(dir)).toMatchObject(cannotBeWritten(dir));
});

/** A failure that names the code of the system's error: `EROFS` here may be `EACCES` on another machine. */
function cannotBeWritten(dir: string) {
  return {
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      `^error: ${dir}/terraform\\.d.* cannot be written: .* \\(E[A-Z]+\\)\\. .*\n$`,
    ),
  };
}
