import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, ROOT } from "../../support/docs/documents";

const PAGE = "docs/guides/trust.md";

/** The numbers of the page's rows, in their order. */
const rows = [...readDocument(PAGE).matchAll(/^\| ([A-Z])(\d+) \|/gm)].map(([, letter = "", number]) => ({
  letter,
  number: Number(number),
}));

test("the rows of each part of the page are numbered from 1 on, without a gap", () => {
  const parts = new Map<string, number[]>();
  for (const { letter, number } of rows) parts.set(letter, [...(parts.get(letter) ?? []), number]);
  expect([...parts.keys()]).toEqual(["P", "S", "D", "A", "T", "N"]);
  for (const numbers of parts.values()) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

/** What looks like a row (a capital and a number) in the brackets of a file. */
function rowsNamedIn(file: string): string[] {
  const brackets = readDocument(file).match(/\([^()]*\)/g) ?? [];
  return brackets.flatMap((bracket) => bracket.match(/\b[A-Z][1-9]\d?\b/g) ?? []);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

test("each row that the source or a document names in brackets, as (P4, S9), is on the page", () => {
  expect(rowsNamedIn("CONTRIBUTING.md")).toEqual(["P4", "S9"]);
  const onThePage = new Set(rows.map(({ letter, number }) => letter + String(number)));
  const absent = [...sourcesIn("src"), ...DOCUMENTS].flatMap((file) =>
    rowsNamedIn(file)
      .filter((row) => !onThePage.has(row))
      .map((row) => `${file}: ${row}`),
  );
  const versionOfAnSdk = "src/api/limits.ts: V3";
  expect(absent).toEqual([versionOfAnSdk]);
});

const FOLDERS_OF_RULES = ["src/guard", "src/users/calls", "src/users/change"];

/** The files of these folders that decide nothing, with what they do instead. */
const WITHOUT_RULE: Readonly<Record<string, string>> = {
  "src/guard/index.ts": "names what other modules import",
  "src/guard/ruling.ts": "has the kinds of answers",
  "src/guard/tally.ts": "counts and records what was decided",
  "src/users/change/set-change.ts": "has the types of a change, and compares two lists",
};

test("each file of the guard, the calls and the change that holds a rule names a row that it follows from", () => {
  const files = FOLDERS_OF_RULES.flatMap(sourcesIn);
  expect(files.filter((file) => rowsNamedIn(file).length === 0).sort()).toEqual(
    Object.keys(WITHOUT_RULE).sort(),
  );
});
