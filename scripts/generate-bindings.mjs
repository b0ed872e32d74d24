// `cdktf get` fetches a provider from a registry, and this one is in none; its generator is CDKTF's own.
import "./check-platform.mjs";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Writes the bindings in `src/constructs/generated/` with CDKTF's own generator, from the built provider's schema as
 * Terraform shows it. Run `npm run generate` when the schema or the package's version has changed; a test compares the
 * result. Takes another output folder as its argument, and another engine than `terraform` from TERRAFORM_BINARY_NAME.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const [output = join(root, "src/constructs/generated")] = process.argv.slice(2);
const engine = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
const source = "terraform.local/genauth/genauth";

const require = createRequire(import.meta.url);
const { version } = require("../package.json");
const { CodeMaker } = require("codemaker");
const generatorModule = "@cdktf/provider-generator/lib/get/generator/provider-generator.js";
const { TerraformProviderGenerator } = require(generatorModule);

const scratch = mkdtempSync(join(tmpdir(), "genauth-bindings-"));
try {
  const schema = readSchema();
  const generator = new TerraformProviderGenerator(new CodeMaker(), {
    ...schema,
    provider_versions: { [source]: version },
  });
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

function readSchema() {
  const run = (program, ...args) => execFileSync(program, args, { cwd: scratch, encoding: "utf8" });
  run(process.execPath, join(root, "dist/cdktf-genauth.js"), "install-provider", "--dir", scratch);
  const configuration = { terraform: { required_providers: { genauth: { source } } } };
  writeFileSync(join(scratch, "main.tf.json"), JSON.stringify(configuration));
  run(engine, "init", "-no-color");
  return JSON.parse(run(engine, "providers", "schema", "-json"));
}

/** In the style of the code, which does not hold for files in a folder `generated`. */
function format(source) {
  const formatter = ["node_modules/oxfmt/bin/oxfmt", "--stdin-filepath", "src/bindings.ts"];
  return execFileSync(process.execPath, formatter, { cwd: root, input: source, encoding: "utf8" });
}

/**
 * The generator links to a registry that does not have this provider, and omits `override`, which our compiler
 * requires. `GenAuthProvider` is exported in place of the provider's binding, so jsii gives its members to that class.
 */
function polish(source) {
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
