import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { PICTURES } from "../../support/pictures";
import { COMMENT_PAGES, digestOfPage, REPORT_PAGES } from "../../support/reports/pictures";
import { pngText } from "../../support/reports/png-text";

const pages = [...REPORT_PAGES, ...COMMENT_PAGES];

test.each(pages)("the picture $picture shows today's report", (page) => {
  const shown = pngText(readFileSync(join(PICTURES, `${page.picture}.png`)), "shows");
  const state = shown === digestOfPage(page) ? "as it is today" : "an older report: run `npm run pictures`";
  expect({ picture: page.picture, state }).toEqual({ picture: page.picture, state: "as it is today" });
});

test("there is no other picture", () => {
  expect(readdirSync(PICTURES).sort()).toEqual(pages.map(({ picture }) => `${picture}.png`).sort());
});
