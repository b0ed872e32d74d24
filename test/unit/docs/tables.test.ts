import { expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, withoutCode } from "../../support/docs/documents";

/** A wider table is unreadable in an editor, in a difference, and in a package's page. */
const WIDEST = 120;

/** The columns of a text: a Chinese character, or a full-width sign, takes two. */
function columnsOf(text: string): number {
  return text.length + [...text.matchAll(/[\p{Script=Han}\u3000-\u303f\uff00-\uff60]/gu)].length;
}

/** Reports as the command writes them. */
const REPORTS = /^test\/engine\/reports\/golden\//;

const PAGES = DOCUMENTS.filter((document) => !REPORTS.test(document));

test.each(PAGES)(`%s has no table of more than ${WIDEST} columns`, (document) => {
  const rows = withoutCode(readDocument(document)).match(/^\s*\|.*$/gm) ?? [];
  expect(rows.filter((row) => columnsOf(row) > WIDEST)).toEqual([]);
});
