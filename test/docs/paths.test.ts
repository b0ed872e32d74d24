import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, ROOT, withoutCode } from "./documents";

/** Folders and files at the top of a repository, by which a path in any document is recognized. */
const TOP = /^(\.ci|bench|docs|examples|scripts|src|templates|test)\//;
const FILE_NAME = /^[\w.-]+\.(cjs|js|json|md|mjs|rego|ts|yml)$/;

/** Not files of the repository: what synth writes, and the user's file in the example. */
const WRITTEN_ELSEWHERE = new Set(["cdk.tf.json", "staff.csv"]);

/** What a document puts between backticks, as far as it looks like a path. */
function pathsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/`([^`\s]+)`/g)]
    .map(([, code = ""]) => code)
    .filter((code) => /^[\w.@*/-]+$/.test(code) && (TOP.test(code) || FILE_NAME.test(basename(code))))
    .filter((code) => !WRITTEN_ELSEWHERE.has(code));
}

/** Whether a path below the root is there; `test/faults/kills*` stands for all whose names begin so. */
function isThere(path: string): boolean {
  if (!path.endsWith("*")) return existsSync(join(ROOT, path));
  const folder = join(ROOT, dirname(path));
  const begin = basename(path).slice(0, -1);
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(begin));
}

test.each(DOCUMENTS)("%s names only files of the repository that are there", (document) => {
  const gone = pathsOf(readDocument(document)).filter((path) => TOP.test(path) && !isThere(path));
  expect(gone).toEqual([]);
});

/** The parts of a document in which a name without a folder means a file of a folder that was named before it. */
function sectionsOf(document: string): string[] {
  return readDocument(document).split(/^#{2,3} /m);
}

/** The files of a section that are not there. */
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
  test("names no file that is not there", () => {
    expect(pathsOf(readDocument(document)).length).toBeGreaterThan(20);
    expect(sectionsOf(document).flatMap(missingIn)).toEqual([]);
  });
});

test("docs/architecture.md lists all modules, and no other", () => {
  const tree = /^```\nsrc\/\n(.*?)^```$/ms.exec(readDocument("docs/architecture.md"))?.[1] ?? "";
  const listed = tree.split("\n").flatMap((line) => /^ {2}(\S+?)\/? /.exec(line)?.[1] ?? []);
  expect(listed.sort()).toEqual(readdirSync(join(ROOT, "src")).sort());
});
