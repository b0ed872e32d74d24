import { describe, expect, test } from "@jest/globals";
import { driftCommand } from "../../../src/cli/drift";
import { planReportCommand } from "../../../src/cli/plan-report";
import { FORMATS } from "../../../src/user-files";
import { readDocument } from "../../support/docs/documents";

test.each([planReportCommand, driftCommand])(
  "docs/guides/reports.md lists the formats of the reports",
  (create) => {
    const format = create({}, () => undefined).options.find(({ long }) => long === "--format");
    const table =
      /^\| format .*\n\| -+.*\n((?:\|.*\n)+)/m.exec(readDocument("docs/guides/reports.md"))?.[1] ?? "";
    const listed = [...table.matchAll(/^\| `(\w+)`( \(default\))?/gm)];
    expect(listed.map(([, name]) => name).sort()).toEqual([...(format?.argChoices ?? [])].sort());
    expect(listed.find(([, , isDefault]) => isDefault)?.[1]).toBe(
      format?.defaultValueDescription?.replace("; on a terminal, text", ""),
    );
  },
);

describe.each(Object.values(FORMATS))("user files $extensions", ({ extensions }) => {
  const [usual] = extensions;

  test("are in the table of docs/guides/constructs.md, with each extension", () => {
    const table =
      /^\| extension .*\n\| -+.*\n((?:\|.*\n)+)/m.exec(readDocument("docs/guides/constructs.md"))?.[1] ?? "";
    const listed = [...table.matchAll(/`(\.\w+)`/g)].map(([, extension]) => extension);
    expect(listed).toEqual(expect.arrayContaining([...extensions]));
  });

  test("are in the description of Users.fromFile, with each extension", () => {
    const source = readDocument("src/constructs/users.ts");
    const description = source.slice(0, source.indexOf("public static fromFile"));
    for (const extension of extensions) expect(description).toContain(`\`${extension}\``);
  });

  test.each(["--users", "--ignore"])("are in the help of drift %s", (name) => {
    const option = driftCommand({}, () => undefined).options.find(({ long }) => long === name);
    expect(option?.description).toContain(usual);
  });
});
