import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { COMMANDS_PAGE, renderCommands } from "../../../scripts/reference/commands";
import { readDocument, ROOT } from "../../support/docs/documents";

test("docs/guides/commands.md shows the commands and options of the program", async () => {
  // If this fails: npm run generate
  expect(readDocument(COMMANDS_PAGE)).toBe(await renderCommands(ROOT));
}, 30_000);

/** The member names of an interface or an enumeration in a source file. */
function membersOf(file: string, declaration: string): string[] {
  const source = readFileSync(join(ROOT, "src", file), "utf8");
  const body = new RegExp(`export (?:interface|enum) ${declaration}\\b.*?\\{\\n(.*?)^\\}`, "ms").exec(
    source,
  )?.[1];
  expect(body).toBeDefined();
  return [...(body ?? "").matchAll(/^ {2}(?:readonly )?(\w+)(?:\??:| = )/gm)].map(([, name = ""]) => name);
}

test.each([
  ["constructs/managed-user-set.ts", "ManagedUserSetProps"],
  ["constructs/user-set.ts", "UserSetProps"],
  ["constructs/null-resource/null-resource-user-set.ts", "NullResourceUserSetProps"],
  ["constructs/genauth-provider.ts", "GenAuthProviderConfig"],
  ["constructs/deletion-limits.ts", "DeletionLimitsProps"],
  ["user-files/user-file.ts", "UserFileOptions"],
  ["users/directory.ts", "UserIdType"],
  ["users/calls/call-run.ts", "DeleteBy"],
])("docs/guides/constructs.md names every member that %s gives %s", (file, declaration) => {
  const page = readDocument("docs/guides/constructs.md");
  const members = membersOf(file, declaration);
  expect(members.length).toBeGreaterThan(1);
  expect(members.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test("docs/guides/constructs.md names every attribute of a set", () => {
  const source = readFileSync(join(ROOT, "src/constructs/managed-user-set.ts"), "utf8");
  const attributes = [...source.matchAll(/^ {2}public (?:get|readonly) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );
  expect(attributes).toContain("removals");
  expect(
    attributes.filter((name) => !readDocument("docs/guides/constructs.md").includes(`\`${name}\``)),
  ).toEqual([]);
});
