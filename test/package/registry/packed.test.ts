import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { runToSuccess } from "../../support/engine/child";
import { environment, packedFile, ROOT } from "./support/packed";

let folder: string;
beforeAll(async () => {
  folder = newFolder();
  await run("tar", "-xzf", packedFile(), "-C", folder);
});

async function run(program: string, ...args: string[]): Promise<string> {
  return (await runToSuccess(program, args, { cwd: ROOT, env: environment() })).text;
}

function read(file: string): string {
  return readFileSync(join(folder, "package", file), "utf8");
}

test("publint has no error, no warning and no suggestion", async () => {
  const output = await run(
    process.execPath,
    "node_modules/publint/src/cli.js",
    "run",
    packedFile(),
    "--strict",
  );
  expect(output).toContain("All good!");
});

test("are-the-types-wrong finds no problem, in any module resolution, and has looked at the import for CDK Terrain, too", async () => {
  const attw = "node_modules/@arethetypeswrong/cli/dist/index.js";
  const output = await run(process.execPath, attw, packedFile(), "--format", "ascii", "--no-color");
  expect(output).toContain("No problems found");
  expect(output).toContain('"cdktf-genauth/cdktn"');
});

test("each import has one file of types and one of code, and both import only the CDK that the import is for", () => {
  expect(readdirSync(join(folder, "package/lib")).sort()).toEqual([
    "cdktn.d.ts",
    "cdktn.js",
    "index.d.ts",
    "index.js",
  ]);
  for (const [entry, cdk] of [
    ["index", "cdktf"],
    ["cdktn", "cdktn"],
  ] as const) {
    const imported = [...read(`lib/${entry}.d.ts`).matchAll(/\b(?:from|import)\s*\(?['"]([^'"]+)['"]/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(imported)].sort()).toEqual([cdk, "constructs"]);
    const required = [...read(`lib/${entry}.js`).matchAll(/require\("(cdkt[fn])[^"]*"\)/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(required)]).toEqual([cdk]);
  }
});

test("the manifest has the dependency csv-parse, and no scripts, devDependencies or overrides", () => {
  const manifest = JSON.parse(read("package.json")) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    name: "cdktf-genauth",
    dependencies: { "csv-parse": expect.anything() as unknown },
  });
  for (const field of ["scripts", "devDependencies", "overrides"]) expect(manifest[field]).toBeUndefined();
});

test("the README has no steps that only a clone can follow, and names pages of the repository instead of linking to them", () => {
  const readme = read("README.md");
  expect(readme).not.toMatch(/npm ci|repository only|\]\((?![a-z]+:|#)/);
  expect(readme).toContain("(`docs/guides/cdktf.md`)");
});
