import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as ts from "typescript";

const SRC = join(__dirname, "../../../src");

/** The names that a file declares and exports, without re-exports. */
function exportedNames(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(SRC, file), "utf8"), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    const isExported = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) return [];
    const declarations = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations
      : [statement as ts.DeclarationStatement];
    return declarations.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
  });
}

test("no two files export the same name", () => {
  const files = new Map<string, string[]>();
  for (const file of readdirSync(SRC, { recursive: true, encoding: "utf8" })) {
    // CDKTF chooses the names of generated bindings.
    if (!file.endsWith(".ts") || file.includes("generated")) continue;
    for (const name of new Set(exportedNames(file))) files.set(name, [...(files.get(name) ?? []), file]);
  }
  expect(files.get("decideChange")).toEqual(["users/change/decide.ts"]);
  expect([...files].filter(([, places]) => places.length > 1)).toEqual([]);
});
