import { expect, test } from "@jest/globals";
import { driftCommand } from "../../../src/cli/drift";
import { planReportCommand } from "../../../src/cli/plan-report";
import { readDocument } from "../../support/docs/documents";

test.each([planReportCommand, driftCommand])("docs/reports.md lists the formats of the reports", (create) => {
  const format = create({}, () => undefined).options.find(({ long }) => long === "--format");
  const table = /^\| format .*\n\| -+.*\n((?:\|.*\n)+)/m.exec(readDocument("docs/reports.md"))?.[1] ?? "";
  const listed = [...table.matchAll(/^\| `(\w+)`( \(default\))?/gm)];
  expect(listed.map(([, name]) => name).sort()).toEqual([...(format?.argChoices ?? [])].sort());
  expect(listed.find(([, , isDefault]) => isDefault)?.[1]).toBe(format?.defaultValue);
});
