import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { DOCUMENTS, readDocument, ROOT, withoutCode } from "../../support/docs/documents";

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

describe.each(DOCUMENTS)("%s", (document) => {
  const links = [...withoutCode(readDocument(document)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

  test("has no broken links", () => {
    const broken = links.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? document : normalize(join(dirname(document), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

test("no page of a registry links to what only the package or the repository holds", () => {
  const pages = DOCUMENTS.filter((page) =>
    /^docs\/(index\.md$|(guides|resources|data-sources|functions)\/)/.test(page),
  );
  const leaving = pages.flatMap((page) =>
    [...withoutCode(readDocument(page)).matchAll(/\]\((\.\.[^)\s]*)\)/g)]
      .map(([, target = ""]) => normalize(join(dirname(page), target)))
      .filter((target) => !target.startsWith("docs/"))
      .map((target) => `${page}: ${target}`),
  );
  expect(leaving).toEqual([]);
});

test("README.md begins with a report, says for whom it is and in which state, and goes on in one terminal", () => {
  const lines = readDocument("README.md").split("\n");
  const firstScreen = lines.slice(0, 40).join("\n");
  for (const words of [
    "permanently deleted",
    "For whom",
    "When not",
    "not yet released",
    "emulator of GenAuth",
  ])
    expect(firstScreen).toContain(words);
  expect(firstScreen).toMatch(/cdktf-genauth emulator --count \d+ -- bash/);
  expect(lines).toContain("$ npm ci && npm test        # the tests");
});

test("README.md leads to who answers, to security and to contributing", () => {
  const [, last = ""] = readDocument("README.md").split("## Documentation");
  for (const words of ["Open an issue", "(SECURITY.md)", "(CONTRIBUTING.md)"]) expect(last).toContain(words);
});

test("every page that a registry shows has a title of its own", () => {
  const pages = DOCUMENTS.filter((page) => /^docs\/(guides|resources|data-sources|functions)\//.test(page));
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.filter((page) => !/^---\n[^]*?^page_title: "[^]*?^---\n/m.test(readDocument(page)))).toEqual(
    [],
  );
});

test("docs/index.md leads to every guide", () => {
  const guides = DOCUMENTS.filter((page) => page.startsWith("docs/guides/") && !page.endsWith("/release.md"));
  const index = readDocument("docs/index.md");
  expect(guides.filter((guide) => !index.includes(`](${guide.slice("docs/".length)})`))).toEqual([]);
});
