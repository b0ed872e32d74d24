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

test("each row that a comment or a page names in brackets, as (P4, S9), is on the page", () => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("src", file));
  const known = new Set(rows.map(({ letter, number }) => letter + String(number)));
  const broken = [...sources, ...DOCUMENTS].flatMap((file) =>
    [...readDocument(file).matchAll(/[(,] ?([PSDATN]\d{1,2})(?=[,)])/g)]
      .map(([, row = ""]) => row)
      .filter((row) => !known.has(row))
      .map((row) => `${file}: ${row}`),
  );
  expect(broken).toEqual([]);
});
