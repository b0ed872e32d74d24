import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, relativeLinksOf, ROOT, withoutCode } from "../../support/docs/documents";

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\-_ ]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(document: string): string[] {
  const text = withoutCode(readDocument(document));
  const headings = [...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  const named = [...text.matchAll(/^<a id="(.+)"><\/a>$/gm)].map(([, anchor = ""]) => anchor);
  return [...headings, ...named];
}

/** Whether a link of a document leads to no file, or to no heading of it. */
function isBroken(document: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

test.each(DOCUMENTS)(
  "in %s, each link within the repository leads to a file, and to a heading",
  (document) => {
    expect(relativeLinksOf(document).filter((link) => isBroken(document, link))).toEqual([]);
  },
);

test("a link to no file, or to no heading, would be found", () => {
  expect(relativeLinksOf("README.md")).toContain("docs/index.md#access-keys");
  expect(isBroken("README.md", "docs/index.md#access-keys")).toBe(false);
  expect(isBroken("README.md", "docs/index.md#no-such-heading")).toBe(true);
  expect(isBroken("README.md", "docs/no-such-page.md")).toBe(true);
  expect(isBroken("README.md", "#no-such-heading")).toBe(true);
});
