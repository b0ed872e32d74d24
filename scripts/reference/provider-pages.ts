import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_ADDRESS, type ShownSchemas } from "../provider-schema";

/** HashiCorp's tool for the pages of a provider, as `go run` takes it. `.ci/run` installs this version for the tests. */
export const TFPLUGINDOCS = "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs@v0.25.0";

/** The only address that the tool looks for, besides the bare name. */
const EXPECTED_ADDRESS = "registry.terraform.io/hashicorp/genauth";

/**
 * The pages of the provider, by their paths in `docs/`: the tool fills `templates/provider` with the schema and with
 * files of `examples`.
 *
 * @param tool how to start it: a program and its first arguments
 * @param scratch an empty folder
 * @throws Error with the tool's output if it fails
 */
export function renderProviderPages(
  root: string,
  schemas: ShownSchemas,
  [program, ...first]: readonly [string, ...string[]],
  scratch: string,
): ReadonlyMap<string, string> {
  const provider = layOut(root, schemas, scratch);
  const args = ["generate", "--provider-name", "genauth", "--providers-schema", "../schema.json"];
  execFileSync(program, [...first, ...args], { cwd: provider, encoding: "utf8", stdio: "pipe" });
  const docs = join(provider, "docs");
  const pages = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
  return new Map(pages.sort().map((page) => [page, readFileSync(join(docs, page), "utf8")]));
}

/** Writes what the tool reads, in the places where it looks. Returns the provider's folder. */
function layOut(root: string, { format_version, provider_schemas }: ShownSchemas, scratch: string): string {
  const provider = join(scratch, "provider");
  mkdirSync(provider);
  cpSync(join(root, "templates/provider"), join(provider, "templates"), { recursive: true });
  for (const folder of ["provider", "resources", "data-sources", "functions"])
    cpSync(join(root, "examples", folder), join(provider, "examples", folder), { recursive: true });
  const shown = {
    format_version,
    provider_schemas: { [EXPECTED_ADDRESS]: provider_schemas[PROVIDER_ADDRESS] },
  };
  writeFileSync(join(scratch, "schema.json"), JSON.stringify(shown));
  return provider;
}
