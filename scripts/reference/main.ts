// Schemas of reports, and the pages of commands and proofs, have no tool.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onPath } from "../../test/support/engine/engine";
import { showSchemas } from "../provider-schema";
import { COMMANDS_PAGE, renderCommands } from "./commands";
import { renderJsonSchemas } from "./json-schemas";
import { PROOFS, renderProofs } from "./proofs";
import { renderProviderPages, TFPLUGINDOCS } from "./provider-pages";

/** Writes the reference pages and the JSON schemas of `docs/`, and the pages of the proofs and of the commands. `npm run generate` runs it. */
const root = join(__dirname, "../..");

function write(file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function writeProviderPages(): void {
  const go = onPath("go");
  if (go === undefined) {
    console.error(
      "Go is not installed, so tfplugindocs cannot write the provider's pages. All others are written.",
    );
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), "genauth-pages-"));
  try {
    const shown = mkdtempSync(join(scratch, "shown-"));
    const pages = renderProviderPages(root, showSchemas(shown), [go, "run", TFPLUGINDOCS], scratch);
    for (const [page, text] of pages) write(join("docs", page), text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

writeProviderPages();
for (const [name, text] of renderJsonSchemas()) write(join("docs", name), text);
write(PROOFS, renderProofs(root));
void renderCommands(root).then((page) => write(COMMANDS_PAGE, page));
