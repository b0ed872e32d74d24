import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const SRC = join(__dirname, "../../../src");

/** What a file declares and exports, without re-exports. Oxfmt begins each of these on a line of its own. */
const EXPORTED =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const enum|enum|const|let|interface|type|namespace) ([\w$]+)/gm;

test("no two files export the same name", () => {
  const files = new Map<string, string[]>();
  for (const file of readdirSync(SRC, { recursive: true, encoding: "utf8" })) {
    // CDKTF chooses the names of generated bindings.
    if (!file.endsWith(".ts") || file.includes("generated")) continue;
    const names = [...readFileSync(join(SRC, file), "utf8").matchAll(EXPORTED)].map(([, name = ""]) => name);
    for (const name of new Set(names)) files.set(name, [...(files.get(name) ?? []), file]);
  }
  expect(files.get("decideChange")).toEqual(["users/change/decide.ts"]);
  expect([...files].filter(([, places]) => places.length > 1)).toEqual([]);
});
