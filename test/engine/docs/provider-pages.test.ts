import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { renderProviderPages } from "../../../scripts/reference/provider-pages";
import { newFolder } from "../../support/at-end";
import { ROOT } from "../../support/docs/documents";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { onPath } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { readShownSchemas } from "../../support/engine/shown-schema";

// .ci/run installs it, where Go is.
const TOOL = onPath("tfplugindocs");
if (TOOL === undefined)
  console.warn("tfplugindocs is not installed, so it neither writes nor checks the provider's pages.");
const withTool = TOOL === undefined ? describe.skip : describe;

withTool.each(engines())("tfplugindocs, given the schema that $name shows,", (engine) => {
  test("writes the committed pages of the provider, and finds nothing wrong in them", async () => {
    const folder = newFolder();
    const pages = renderProviderPages(ROOT, await readShownSchemas(engine), [TOOL ?? ""], folder);
    const committed = ["data-sources", "functions", "resources"].flatMap((kind) =>
      readdirSync(join(ROOT, "docs", kind)).map((page) => `${kind}/${page}`),
    );
    expect([...pages.keys()].sort()).toEqual([...committed, "index.md"].sort());
    for (const [page, text] of pages) expect(text).toBe(readFileSync(join(ROOT, "docs", page), "utf8"));

    writeFileSync(join(folder, "empty.tfrc"), "");
    cpSync(join(ROOT, "docs"), join(folder, "provider/docs"), { recursive: true });
    const args = ["validate", "--provider-name", "genauth", "--providers-schema", "../schema.json"];
    const env = cleanEnvironment(join(folder, "empty.tfrc"));
    const checked = await runChild(TOOL ?? "", args, { cwd: join(folder, "provider"), env });
    expect(checked).toMatchObject({ code: 0 });
  });
});
