// tfplugindocs writes pages of a provider, but needs Go; schemas of reports, commands and proofs have no tool.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMMANDS_PAGE, renderCommands } from "./commands";
import { PROOFS, renderProofs } from "./proofs";
import { renderReference } from "./reference";

/** Writes the reference pages and the JSON schemas of `docs/`, and the pages of the proofs and of the commands. `npm run generate` runs it. */
const root = join(__dirname, "../..");
for (const [page, text] of renderReference(root)) {
  const file = join(root, "docs", page);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
writeFileSync(join(root, PROOFS), renderProofs(root));
void renderCommands(root).then((page) => writeFileSync(join(root, COMMANDS_PAGE), page));
