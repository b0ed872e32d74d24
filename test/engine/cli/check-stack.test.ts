import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { runCommand } from "./command";

const EXAMPLES = resolve(__dirname, "../../../examples");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genauth-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const check = (...args: readonly string[]) => runCommand(["check-stack", ...args]);

test.each(["staff", "null-resource"])("the stack of examples/%s passes", async (example) => {
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  const synth = await runChild(process.execPath, ["--import", tsx, join(EXAMPLES, example, "main.ts")], {
    cwd: folder,
    env: cleanEnvironment("", { TSX_DISABLE_CACHE: "1" }),
  });
  expect(synth).toMatchObject({ code: 0 });
  const stack = join(folder, "cdktf.out", "stacks", "staff");

  expect(await check(stack)).toMatchObject({
    code: 0,
    stderr: "",
    stdout: `${stack}: checked 1 file. Nothing there runs a program that is not allowed.\n`,
  });
});

test("plain HCL passes, before and after the provider is installed beside it", async () => {
  expect(await check(join(EXAMPLES, "modules"))).toMatchObject({ code: 0, stderr: "" });
  cpSync(join(EXAMPLES, "hcl"), folder, { recursive: true });
  expect(await check(folder)).toMatchObject({ code: 0, stderr: "" });
  expect(await runCommand(["install-provider", "--dir", folder])).toMatchObject({ code: 0 });
  expect(await check(folder)).toMatchObject({ code: 0, stderr: "" });
});

test("the provider's own data source passes, also in a check block", async () => {
  const examples = join(EXAMPLES, "data-sources", "genauth_users");
  cpSync(examples, folder, { recursive: true });
  const source = "terraform.local/genauth/genauth";
  writeFileSync(
    join(folder, "main.tf"),
    `terraform {\n  required_providers {\n    genauth = { source = "${source}" }\n  }\n}\n`,
  );
  expect(await check(folder)).toMatchObject({ code: 0, stderr: "" });

  writeFileSync(join(folder, "main.tf"), "");
  const { code, stderr } = await check(folder);
  expect(code).toBe(1);
  expect(stderr).toContain("The provider hashicorp/genauth is a program, and nobody allowed it.");
});

test("findings are listed with file and line, and providers can be allowed", async () => {
  writeFileSync(
    join(folder, "main.tf"),
    'data "external" "x" {\n  program = ["id"]\n}\n\nresource "terraform_data" "\u001b" {\n  provisioner "local-exec" {\n  }\n}\n',
  );
  const refused = await check(folder);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr.split("\n")).toEqual([
    `error: ${folder} must not be initialized:`,
    expect.stringMatching(/^main\.tf:5: The file contains a control character/),
    "",
  ]);

  writeFileSync(
    join(folder, "main.tf"),
    'data "external" "x" {\n  program = ["id"]\n}\n\nresource "terraform_data" "x" {\n  provisioner "local-exec" {\n  }\n}\n',
  );
  expect((await check(folder)).stderr.split("\n")).toEqual([
    `error: ${folder} must not be initialized:`,
    expect.stringMatching(
      /^main\.tf:1: The provider hashicorp\/external is a program, and nobody allowed it\. .*--allow-provider hashicorp\/external\.$/,
    ),
    expect.stringMatching(/^main\.tf:6: The provisioner local-exec runs a command/),
    "",
  ]);
  expect(
    (await check(folder, "--allow-provider", "a/b", "--allow-provider", "hashicorp/external")).stderr,
  ).not.toContain("main.tf:1");
});

test("anything but a folder is refused", async () => {
  for (const path of [join(folder, "infar"), __filename]) {
    const { code, stderr } = await check(path);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error: ${path} is not a folder. Name the folder where init will be run.\n`,
    });
  }
});
