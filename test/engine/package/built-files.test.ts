import { isAscii } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(__dirname, "../../..");

test("the built scripts hold ASCII only, so that V8 takes one byte for each character", () => {
  const scripts = ["dist", "lib"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".js"))
      .map((name) => join(folder, name)),
  );
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter((script) => !isAscii(readFileSync(join(root, script))))).toEqual([]);
});
