import { expect, test } from "@jest/globals";
import { stripVTControlCharacters } from "node:util";
import { stackDocument, renderText } from "../../../src/reports";
import { reportOf } from "../../support/reports/reports";

const refused = reportOf([{ id: "ada", label: "Ada" }], {
  refusals: [{ why: "too_many", summary: "Too many users would be deleted", detail: "" }],
});
const calm = { ...reportOf([]), verdict: "nobody_leaves" as const };
const RED = "\u001b[31m";
const GREEN = "\u001b[32m";

test("on a terminal, the headline of a refused plan is red, and that of a plan in which nobody leaves is green", () => {
  expect(renderText(stackDocument(refused), { isColoured: true })).toContain(RED);
  expect(renderText(stackDocument(calm), { isColoured: true })).toContain(GREEN);
});

test("colours change no word", () => {
  const coloured = renderText(stackDocument(refused), { isColoured: true });
  expect(stripVTControlCharacters(coloured)).toBe(renderText(stackDocument(refused)));
});

test("a report has no colour where none is asked for", () => {
  expect(renderText(stackDocument(refused))).not.toContain("\u001b");
});

test("an id, a label or a refusal cannot set a colour of its own", () => {
  const hostile = reportOf([{ id: "\u001b[32mada", label: "\u001b[2J" }], {
    refusals: [{ why: "too_many", summary: "\u001b[32mcalm", detail: "" }],
  });
  const coloured = renderText(stackDocument(hostile), { isColoured: true });
  for (const sequence of ["\u001b[32m", "\u001b[2J"]) expect(coloured).not.toContain(sequence);
});
