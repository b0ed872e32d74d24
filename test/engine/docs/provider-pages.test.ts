import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { ROOT } from "../../support/docs/documents";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { onPath } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { writeShownSchema } from "../../support/engine/shown-schema";

// .ci/run installs it, where Go is.
const TOOL = onPath("tfplugindocs");
if (TOOL === undefined)
  console.warn("tfplugindocs is not installed, so it does not check the provider's pages.");

(TOOL === undefined ? test.skip : test)(
  "tfplugindocs finds nothing wrong in the provider's pages",
  async () => {
    const [engine] = engines();
    const folder = newFolder();
    const provider = join(folder, "provider");
    mkdirSync(provider);
    await writeShownSchema(engine, join(folder, "schema.json"));
    cpSync(join(ROOT, "docs"), join(provider, "docs"), { recursive: true });
    const checked = await runChild(
      TOOL ?? "",
      ["validate", "--provider-name", "genauth", "--providers-schema", "../schema.json"],
      { cwd: provider, env: cleanEnvironment(join(folder, "empty.tfrc")) },
    );
    expect(checked).toMatchObject({ code: 0 });
  },
);
