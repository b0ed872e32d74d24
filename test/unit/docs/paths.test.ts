import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, ROOT, withoutCode } from "../../support/docs/documents";

/** Top-level folders. A path in a document is recognised by them. */
const TOP = /^(\.ci|bench|docs|examples|scripts|src|templates|test)\//;
const FILE_NAME = /^[\w.-]+\.(cjs|js|json|md|mjs|ts|yml)$/;

/** Not in the repository: the output of synth, and the user's file in the example. */
const WRITTEN_ELSEWHERE = new Set(["cdk.tf.json", "staff.csv"]);

/** Texts between backticks that look like paths. */
function pathsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/`([^`\s]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => /^[\w.@*/-]+$/.test(code) && (TOP.test(code) || FILE_NAME.test(basename(code))))
    .filter((code) => !WRITTEN_ELSEWHERE.has(code));
}

/** Whether a path exists. `test/proofs/faults/kills*` means any path with this prefix. */
function isThere(path: string): boolean {
  if (!path.endsWith("*")) return existsSync(join(ROOT, path));
  const folder = join(ROOT, dirname(path));
  const begin = basename(path).slice(0, -1);
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(begin));
}

/** What CONTRIBUTING.md names of the source, for how to add something. */
const SOURCES = pathsOf(readDocument("CONTRIBUTING.md")).filter((path) => /^src\/.*\.ts$/.test(path));

test.each([...DOCUMENTS, ...SOURCES])("%s names only existing files of the repository", (document) => {
  const gone = pathsOf(readDocument(document)).filter((path) => TOP.test(path) && !isThere(path));
  expect(gone).toEqual([]);
});

/** The sections of a document. In each, a name without a folder means a file in a folder named before. */
function sectionsOf(document: string): string[] {
  return readDocument(document).split(/^#{2,3} /m);
}

/** The missing files of a section. */
function missingIn(section: string): string[] {
  const folders = new Set(["."]);
  return pathsOf(section).filter((path) => {
    const isName = !path.includes("/");
    const places = isName ? [...folders].map((folder) => join(folder, path)) : [path, join("src", path)];
    const found = places.filter(isThere);
    if (!isName) for (const place of found) folders.add(dirname(place));
    return found.length === 0;
  });
}

describe.each(["docs/architecture.md", "CONTRIBUTING.md"])("%s", (document) => {
  test("names only existing files", () => {
    expect(pathsOf(readDocument(document)).length).toBeGreaterThan(20);
    expect(sectionsOf(document).flatMap(missingIn)).toEqual([]);
  });
});

test.each([
  { page: "docs/guides/cdktf.md", example: "examples/typescript" },
  { page: "docs/guides/null-resource.md", example: "examples/null-resource" },
])(
  "the .gitignore that $page shows is that of $example, but for what a pipeline writes",
  ({ page, example }) => {
    const ofExample = readDocument(`${example}/.gitignore`).replace("/genauth-run/\n", "");
    const [, shown] = /^`\.gitignore`[^\n]*:\n\n```\n(.*?)^```$/ms.exec(readDocument(page)) ?? [];
    expect(shown).toBe(ofExample);
  },
);

test("the drawings of docs/architecture.md name only existing files", () => {
  const drawings = readDocument("docs/architecture.md").match(/^```mermaid\n.*?^```$/gms) ?? [];
  const drawn = drawings.flatMap((drawing) => drawing.match(/[\w/-]+\.ts\b/g) ?? []);
  expect(drawn.length).toBeGreaterThan(10);
  expect(drawn.filter((path) => !isThere(join("src", path)))).toEqual([]);
});

test("docs/architecture.md lists exactly the modules", () => {
  const tree = /^```\nsrc\/\n(.*?)^```$/ms.exec(readDocument("docs/architecture.md"))?.[1] ?? "";
  const listed = tree.split("\n").flatMap((line) => /^ {2}(\S+?)\/? /.exec(line)?.[1] ?? []);
  expect(listed.sort()).toEqual(readdirSync(join(ROOT, "src")).sort());
});
