import "./check-platform.mjs";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

/**
 * Writes the bindings under `src/constructs/generated/` with CDKTF's own generator, from the provider's schema as
 * `terraform providers schema -json` prints it: `node scripts/generate-bindings.mjs SCHEMA.json [OUTPUT FOLDER]`.
 * test/constructs/bindings.test.ts holds them to the provider as it is.
 */
const [schemaFile, output = fileURLToPath(new URL("../src/constructs/generated", import.meta.url))] =
  process.argv.slice(2);
if (!schemaFile) throw new Error("Give the file that `terraform providers schema -json` wrote.");

const ADDRESS = "terraform.local/genauth/genauth";
const BINDINGS = { "user-set": "user-set.ts", provider: "provider.ts" };

const require = createRequire(import.meta.url);
const { CodeMaker } = require("codemaker");
const {
  TerraformProviderGenerator,
} = require("@cdktf/provider-generator/lib/get/generator/provider-generator.js");

const { version } = require("../package.json");
const schema = {
  ...JSON.parse(readFileSync(schemaFile, "utf8")),
  provider_versions: { [ADDRESS]: version },
};
const folder = mkdtempSync(join(tmpdir(), "genauth-bindings-"));
try {
  const generator = new TerraformProviderGenerator(new CodeMaker(), schema);
  generator.generateAll();
  await generator.save(folder);
  for (const [name, file] of Object.entries(BINDINGS)) {
    const source = readFileSync(join(folder, "providers", "genauth", name, "index.ts"), "utf8");
    writeFileSync(
      join(output, file),
      await format(polish(source), { parser: "typescript", printWidth: 110 }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The generator links to a registry, where this provider is not; and knows no `override`, which our compiler asks for. */
function polish(source) {
  return source
    .replace(/^\/\/ https:.*\n/gm, "")
    .replace(/^\s*\*\s*\n(?=\s*\* Docs at Terraform Registry)/gm, "")
    .replace(/^\s*\* Docs at Terraform Registry.*\n/gm, "")
    .replace(/^\s*\/\*\*\s*\*\/\n/gm, "")
    .replace(/\{@link https:\S+ ([^}]*)\}/g, "$1")
    .replace(/ Refer to the import section in the documentation of this resource for the id to use/g, "")
    .replace(/^( *protected) (synthesize)/gm, "$1 override $2")
    .replace(/^( *public) ([gs]et alias\b)/gm, "$1 override $2");
}
