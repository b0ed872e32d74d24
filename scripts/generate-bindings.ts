// `cdktf get` fetches a provider from a registry, and this one is in none; its generator is CDKTF's own.
import "./check-platform.mjs";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TerraformProviderGenerator } from "@cdktf/provider-generator/lib/get/generator/provider-generator";
import { CodeMaker } from "codemaker";
import { version } from "../package.json";
import { PROVIDER_ADDRESS, showSchemas } from "./provider-schema";

/**
 * Writes the bindings in `src/constructs/generated/` with CDKTF's own generator, from the built provider's schema as
 * Terraform shows it. Run `npm run generate` when the schema or the package's version has changed; a test compares the
 * result. Takes another output folder as its argument, and another engine than `terraform` from TERRAFORM_BINARY_NAME.
 */
const root = resolve(__dirname, "..");
const [output = join(root, "src/constructs/generated")] = process.argv.slice(2);

type ProviderSchema = ConstructorParameters<typeof TerraformProviderGenerator>[1];

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "genauth-bindings-"));
  try {
    const schema = { ...showSchemas(scratch), provider_versions: { [PROVIDER_ADDRESS]: version } };
    const generator = new TerraformProviderGenerator(new CodeMaker(), schema as ProviderSchema);
    generator.generateAll();
    await generator.save(scratch);

    mkdirSync(output, { recursive: true });
    const bindings = join(scratch, "providers/genauth");
    const names = readdirSync(bindings, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of names) {
      const generated = readFileSync(join(bindings, name, "index.ts"), "utf8");
      writeFileSync(join(output, `${name}.ts`), format(polish(generated)));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** In the style of the code, which does not hold for files in a folder `generated`. */
function format(source: string): string {
  const formatter = ["node_modules/oxfmt/bin/oxfmt", "--stdin-filepath", "src/bindings.ts"];
  return execFileSync(process.execPath, formatter, { cwd: root, input: source, encoding: "utf8" });
}

/**
 * The generator links to a registry that does not have this provider, and omits `override`, which our compiler
 * requires. `GenAuthProvider` is exported in place of the provider's binding, so jsii gives its members to that class.
 */
function polish(source: string): string {
  return source
    .replace(/^\/\/ https:.*\n/gm, "")
    .replace(/^\s*\*\s*\n(?=\s*\* Docs at Terraform Registry)/gm, "")
    .replace(/^\s*\* Docs at Terraform Registry.*\n/gm, "")
    .replace(/^\s*\/\*\*\s*\*\/\n/gm, "")
    .replace(/\{@link https:\S+ ([^}]*)\}/g, "$1")
    .replace(/^\s*\* Represents a genauth$/m, "$&\n *\n * @jsii ignore")
    .replace(/ Refer to the import section in the documentation of this resource for the id to use/g, "")
    .replace(/^( *protected) (synthesize)/gm, "$1 override $2")
    .replace(/\bprotected (terraformResource|terraformAttribute)\b/g, "protected override $1")
    .replace(/^( *public) ([gs]et alias\b)/gm, "$1 override $2");
}

void main();
