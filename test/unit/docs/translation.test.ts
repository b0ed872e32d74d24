import { expect, test } from "@jest/globals";
import { readDocument, withoutCode } from "../../support/docs/documents";

/** What a translation shares with its original. */
function structure(document: string) {
  const text = readDocument(document);
  const prose = withoutCode(text);
  const links = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? "");
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    blocks: text.match(/^```[^]*?^```$/gm),
    code: [...prose.matchAll(/`[^`]+`/g)].map(([code]) => code).sort(),
    links: links.filter((target) => !/^README(\.zh-CN)?\.md$/.test(target)).sort(),
    marks: prose.match(/<!-- .*? -->/g),
  };
}

test("the Chinese README has README's headings, blocks of code, names and links", () => {
  const original = structure("README.md");
  expect(original.headings.length).toBeGreaterThan(5);
  expect(structure("README.zh-CN.md")).toEqual(original);
});
