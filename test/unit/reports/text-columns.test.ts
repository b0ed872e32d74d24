import { expect, test } from "@jest/globals";
import stringWidth from "string-width";
import { stackDocument, renderText } from "../../../src/reports";
import { reportOf } from "../../support/reports/reports";

const linesOf = (report: ReturnType<typeof reportOf>) => renderText(stackDocument(report)).split("\n");

test.each([
  { what: "Chinese", label: "陈伟", columns: 4 },
  { what: "Japanese half-width", label: "ｱｷﾗ", columns: 3 },
  { what: "an emoji", label: "🚀", columns: 2 },
  { what: "a combining mark", label: "e\u0301", columns: 1 },
])("columns are aligned by the width on a terminal: $what", ({ label, columns }) => {
  const lines = linesOf(
    reportOf([
      { id: "ada", label: "Ada Aydin Example", survivor: true },
      { id: "bo", label, survivor: true },
    ]),
  );
  const [ada = "", bo = ""] = lines.filter((line) => line.includes("The last apply"));
  const width = (line: string) => line.indexOf("The last");
  expect(width(bo)).toBe(width(ada) - (columns - label.length));
});

test("a long label or name is broken at 100 columns, and an id never", () => {
  const longId = `${"i".repeat(70)}@example.com`;
  const longLabel = "Maximiliane ".repeat(25);
  const lines = linesOf(
    reportOf([
      { id: "ada@example.com", label: "Ada Aydin", name: "Ada Aydin" },
      { id: "bo@example.com", label: longLabel, name: "B".repeat(300), reason: "protected", note: longLabel },
      { id: longId, label: "Chidi", name: "Chidi" },
      { id: "wei@example.com", label: "陈伟".repeat(60), name: "陈伟" },
    ]),
  );
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(100);
  const text = lines.join("\n");
  expect(text).toMatch(/^ {2}ada@example\.com +Ada Aydin +Ada Aydin$/m);
  expect(text).toMatch(/^ {2}bo@example\.com +Maximiliane/m);
  expect(text).toMatch(/^ {2}wei@example\.com +陈伟/m);
  // Beside this id is no room, so label and name stand below it.
  expect(text).toMatch(/^ {2}i{70}@example\.com\n +Chidi +Chidi$/m);
});

test("the sentences of a message are broken at 100 columns", () => {
  const report = reportOf([{ id: "ada" }], {
    warnings: [
      {
        severity: "warning",
        summary: "many words ".repeat(20).trim(),
        detail: `Apply deletes these:\n  ${"ada@example.com".padEnd(60)}${"Ada ".repeat(30)}(in GenAuth: Ada)`,
      },
    ],
  });
  expect(linesOf(report).join(" ")).toContain("many words many words");
  for (const line of linesOf(report)) expect(stringWidth(line)).toBeLessThanOrEqual(100);
});
