import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { packedPage } from "../../../scripts/pack/packed-page";
import { withoutCode } from "../../support/docs/documents";

const ROOT = resolve(__dirname, "../../..");
const read = (file: string): string => readFileSync(resolve(ROOT, file), "utf8");

/** The files that npm packs. */
const paths = ((): string[] => {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const [{ files }] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  return files.map(({ path }) => path);
})();

test("the package contains what users need, and no development files", () => {
  expect(paths).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "dist/THIRD-PARTY-NOTICES.txt",
      "dist/apply-null-resource.js",
      "dist/emulator.js",
      "dist/genauth-provider.js",
      "dist/genauth-service.js",
      "dist/cdktf-genauth.js",
      "dist/terraform-provider-genauth",
      "package.json",
    ]),
  );
  expect(paths.filter((path) => path.startsWith("lib/")).sort()).toEqual([
    "lib/cdktn.d.ts",
    "lib/cdktn.js",
    "lib/index.d.ts",
    "lib/index.js",
  ]);
  const examples = spawnSync("git", ["ls-files", "examples"], { cwd: ROOT, encoding: "utf8" })
    .stdout.split("\n")
    .filter((path) => path !== "" && !path.endsWith("/.gitignore"));
  expect(paths.filter((path) => path.startsWith("examples/")).sort()).toEqual(examples.sort());
  expect(
    paths.filter(
      (path) =>
        !/^(LICENSE|[A-Z]+(\.zh-CN)?\.md|package\.json|(actions|dist|lib|docs|examples)\/.+)$/.test(path),
    ),
  ).toEqual([]);
});

test("the package contains no pictures, no results of benchmarks, and no pages for developers", () => {
  const documents = paths.filter((path) => path.startsWith("docs/"));
  expect(documents.filter((path) => !/\.(md|schema\.json)$/.test(path))).toEqual([]);
  expect(documents.filter((path) => /performance|architecture|commands|release/.test(path))).toEqual([]);
});

/** The targets of a packed page's links that are no addresses of the web. */
function linkedFrom(page: string): readonly string[] {
  const text = packedPage(page, read(page), { files: new Set(paths) });
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

test("as packed, README has no links to files, because the package's page on a registry shows it alone", () => {
  expect(linkedFrom("README.md")).toEqual([]);
});

test.each(paths.filter((path) => path.endsWith(".md")))(
  "as packed, %s has only links that resolve",
  (page) => {
    const files = linkedFrom(page).map((target) => normalize(join(dirname(page), target)).replace(/\/$/, ""));
    expect(
      files.filter((file) => !paths.some((path) => path === file || path.startsWith(`${file}/`))),
    ).toEqual([]);
  },
);

test.each([
  ["dist/cdktf-genauth.js", "#!/usr/bin/env node\n"],
  ["dist/terraform-provider-genauth", "#!/bin/sh\n"],
])("%s starts by itself", (file, firstLine) => {
  expect(statSync(resolve(ROOT, file)).mode & 0o777).toBe(0o755);
  expect(read(file).startsWith(firstLine)).toBe(true);
});

test.each(readdirSync(join(ROOT, "dist")).filter((file) => file.endsWith(".js")))(
  "dist/%s contains no path of the build",
  (file) => expect(read(`dist/${file}`)).not.toContain(ROOT),
);

test("Terraform waits only until a small file is read", () => {
  expect(statSync(resolve(ROOT, "dist/genauth-provider.js")).size).toBeLessThan(40_000);
});

test("the licences of bundled packages are included, and the emulator bundles no web framework", () => {
  const notices = read("dist/THIRD-PARTY-NOTICES.txt");
  for (const name of ["msgpackr", "node-fetch", "zod"]) {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(\\S+\\)$`, "m"));
  }
  expect(notices).toContain("Permission is hereby granted");
  // A heading alone: the package states its licence, and holds no text of it.
  const sections = notices.split(`\n${"-".repeat(80)}\n\n`);
  expect(sections.filter((section) => section.trim().split("\n").length < 5)).toEqual([]);
  expect(notices).not.toMatch(/^(?:fastify|ajv|pino) /m);
});

test("the code that a stack imports requires no ES module, which Node.js 20.9 does not support, and only declared packages", () => {
  const { dependencies, peerDependencies } = JSON.parse(read("package.json")) as Readonly<
    Record<"dependencies" | "peerDependencies", Readonly<Record<string, string>>>
  >;
  const imported = [...read("lib/index.js").matchAll(/\brequire\("((?:@[^"/]+\/)?[^"/]+)/g)].map(
    ([, name]) => name,
  );
  const packages = new Set(imported.filter((name) => !name?.startsWith("node:")));
  expect([...packages]).toEqual(expect.arrayContaining(["cdktf", "csv-parse"]));
  const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  expect([...packages].filter((name) => name !== undefined && !declared.has(name))).toEqual([]);

  // Turns the feature off in releases of Node.js that can require an ES module.
  const flag = "--no-experimental-require-module";
  const options = process.allowedNodeEnvironmentFlags.has(flag) ? [flag] : [];
  const load = spawnSync(process.execPath, [...options, "-e", 'require("./lib")'], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect([load.status, load.stderr]).toEqual([0, ""]);
});
