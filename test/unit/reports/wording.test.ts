import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { planDocument, renderText } from "../../../src/reports";
import { WORDED_REPORTS } from "./support/worded-reports";

/*
 * The words of reports stand here and nowhere else: a file for each kind of report that a reviewer can meet. UPDATE_GOLDEN=1 writes them.
 * Read the difference as somebody would who has to approve the plan. Reports of real plans are in test/engine/reports/golden.
 */

const GOLDEN = join(__dirname, "golden");

test.each(Object.entries(WORDED_REPORTS))("the words of a report: %s", (name, report) => {
  const file = join(GOLDEN, `${name}.txt`);
  const text = renderText(planDocument(report));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
});

test("there is no other file", () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(
    Object.keys(WORDED_REPORTS)
      .map((name) => `${name}.txt`)
      .sort(),
  );
});
