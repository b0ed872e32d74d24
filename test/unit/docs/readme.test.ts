import { describe, expect, test } from "@jest/globals";
import { readDocument } from "../../support/docs/documents";

const README = readDocument("README.md");

describe("README.md", () => {
  test.each([
    { what: "a picture of a report", words: "![The report of a plan: who will be permanently deleted" },
    { what: "for whom it is", words: "- **For whom**:" },
    { what: "for whom it is not", words: "- **When not**:" },
    { what: "that there is no release", words: "not yet released" },
    { what: "that it was tested against no real service", words: "tested against an emulator of GenAuth" },
    { what: "how to try it in a terminal", words: "npx cdktf-genauth emulator --count 10 -- bash" },
  ])("shows in its first 40 lines $what", ({ words }) => {
    expect(README.split("\n").slice(0, 40).join("\n")).toContain(words);
  });

  test("says how to run the tests in a clone", () => {
    expect(README).toContain("\n$ npm ci && npm test        # the tests\n");
  });

  test.each([
    { subject: "the place for questions", words: "Open an issue." },
    { subject: "how to report a vulnerability", words: "(SECURITY.md)" },
    { subject: "how to contribute", words: "(CONTRIBUTING.md)" },
  ])("leads to $subject under Documentation", ({ words }) => {
    const [, documentation] = README.split("## Documentation\n");
    expect(documentation).toContain(words);
  });
});
