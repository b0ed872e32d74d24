import { expect, test } from "@jest/globals";
import { PUBLIC_HOSTS } from "../../../src/api";
import { USER_ID_TYPES } from "../../../src/users";
import { readDocument, withoutCode } from "../../support/docs/documents";

/** The id types in Authing's words, which the original does not need. */
const ID_TYPES = /^\| 类型 [^]*?\n\n/m;

/** A drawing without the words in it, which are translated: its boxes and arrows. */
function withoutLabels(block: string): string {
  if (!block.startsWith("```mermaid")) return block;
  return block.replaceAll(/"[^"]*"/g, '""').replaceAll(/-- \S+ -->/g, "-->");
}

/** What a translation shares with its original. */
function structure(document: string) {
  const text = readDocument(document).replace(ID_TYPES, "");
  const prose = withoutCode(text);
  const links = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? "");
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    blocks: text.match(/^```[^]*?^```$/gm)?.map(withoutLabels),
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

test("the Chinese README explains each id type", () => {
  const [table = ""] = ID_TYPES.exec(readDocument("README.zh-CN.md")) ?? [];
  expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, type]) => type)).toEqual(USER_ID_TYPES);
});

test.each(["README.md", "README.zh-CN.md", "docs/index.md"])(
  "%s names Authing's host, and where its console shows a key",
  (document) => {
    const text = readDocument(document);
    expect(text).toContain(PUBLIC_HOSTS.authing);
    expect(text).toMatch(/Key Management|密钥管理/);
  },
);
