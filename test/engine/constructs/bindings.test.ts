import { beforeAll, expect, test } from "@jest/globals";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { newFolder } from "../../support/at-end";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { engines } from "../../support/engine/engines";

const ROOT = join(__dirname, "../../..");
const COMMITTED = join(ROOT, "src/constructs/generated");

let folder: string;

beforeAll(() => void (folder = newFolder()));

test("the committed bindings are what `npm run generate` writes, from the schema of the built provider and the package's version", async () => {
  const cliConfigFile = join(folder, "empty.tfrc");
  writeFileSync(cliConfigFile, "");
  const [engine] = engines();
  const output = join(folder, "generated");
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  await runToSuccess(
    process.execPath,
    ["--import", tsx, join(ROOT, "scripts/generate-bindings.ts"), output],
    {
      cwd: folder,
      env: cleanEnvironment(cliConfigFile, { TERRAFORM_BINARY_NAME: engine.path, TSX_DISABLE_CACHE: "1" }),
    },
  );

  expect(readdirSync(output).sort()).toEqual(readdirSync(COMMITTED).sort());
  for (const file of readdirSync(COMMITTED)) {
    expect(readFileSync(join(output, file), "utf8")).toBe(readFileSync(join(COMMITTED, file), "utf8"));
  }
});
