import { dirname, join, normalize } from "node:path";
import { expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, relativeLinksOf } from "../../support/docs/documents";

/** The pages that a registry of providers shows. */
const PAGES = DOCUMENTS.filter((page) =>
  /^docs\/(index\.md$|(guides|resources|data-sources|functions)\/)/.test(page),
);

test("a registry shows the first page, the guides and the reference", () => {
  expect(PAGES).toEqual(
    expect.arrayContaining([
      "docs/index.md",
      "docs/guides/guard.md",
      "docs/resources/user_set.md",
      "docs/data-sources/users.md",
      "docs/functions/normalize_id.md",
    ]),
  );
});

test("each of these pages begins with a title, which no other page has", () => {
  const titleOf = (page: string) =>
    /^---\n(?:# Written by .*\n)?page_title: "(.+)"\n/.exec(readDocument(page))?.[1];
  expect(PAGES.filter((page) => titleOf(page) === undefined)).toEqual([]);
  const titles = PAGES.map(titleOf);
  expect(titles).toEqual([...new Set(titles)]);
});

test("none of them links to a file outside docs/, which a registry does not have", () => {
  const leaving = PAGES.flatMap((page) =>
    relativeLinksOf(page)
      .map((link) => normalize(join(dirname(page), link)))
      .filter((target) => !target.startsWith("docs/"))
      .map((target) => ({ page, target })),
  );
  expect(leaving).toEqual([]);
});

test("docs/index.md links to every guide, except the one for maintainers", () => {
  const guides = PAGES.map((page) => page.slice("docs/".length)).filter((page) => page.startsWith("guides/"));
  const linked = relativeLinksOf("docs/index.md");
  expect(guides.filter((guide) => !linked.includes(guide))).toEqual(["guides/release.md"]);
});
