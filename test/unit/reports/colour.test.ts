import { expect, test } from "@jest/globals";
import { stripVTControlCharacters } from "node:util";
import { stackDocument, renderText } from "../../../src/reports";
import { reportOf } from "../../support/reports/reports";

const refused = reportOf([{ id: "ada", label: "Ada" }], {
  refusals: [{ why: "too_many", summary: "Too many users would be deleted", detail: "" }],
});
const calm = { ...reportOf([]), verdict: "nobody_leaves" as const };

test("on a terminal, the headline has the colour of its tone, and the words are the same", () => {
  for (const [report, colour] of [
    [refused, 31],
    [calm, 32],
  ] as const) {
    const plain = renderText(stackDocument(report));
    const coloured = renderText(stackDocument(report), { isColoured: true });
    expect(coloured).toContain(`\u001b[${colour}m`);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(plain).not.toContain("\u001b");
  }
});

test("no data takes part in it", () => {
  const hostile = reportOf([{ id: "\u001b[32mada", label: "\u001b[2J" }], {
    refusals: [{ why: "too_many", summary: "\u001b[32mcalm", detail: "" }],
  });
  const coloured = renderText(stackDocument(hostile), { isColoured: true });
  for (const sequence of ["\u001b[32m", "\u001b[2J"]) expect(coloured).not.toContain(sequence);
});
