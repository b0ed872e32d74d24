import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderReference } from "../../../scripts/reference/reference";

const ROOT = join(__dirname, "../../..");

test.each([...renderReference(ROOT)])("docs/%s matches the output of npm run generate", (page, text) => {
  expect(readFileSync(join(ROOT, "docs", page), "utf8")).toBe(text);
});
