import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The address of the provider that the package installs. */
export const PROVIDER_ADDRESS = "terraform.local/genauth/genauth";

/** What `providers schema -json` prints. */
export interface ShownSchemas {
  readonly format_version: string;
  /** The schema of each provider, by its address. */
  readonly provider_schemas: Readonly<Record<string, unknown>>;
}

/**
 * The schema of the built provider, as an engine shows it: Terraform, or what TERRAFORM_BINARY_NAME names.
 *
 * @param scratch an empty folder, in which the provider is installed
 * @throws Error if the engine fails
 */
export function showSchemas(scratch: string): ShownSchemas {
  const engine = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { cwd: scratch, encoding: "utf8" });
  const command = resolve(__dirname, "../dist/cdktf-genauth.js");
  const configuration = { terraform: { required_providers: { genauth: { source: PROVIDER_ADDRESS } } } };
  writeFileSync(join(scratch, "main.tf.json"), JSON.stringify(configuration));
  run(process.execPath, command, "install-provider", "--dir", scratch);
  run(engine, "init", "-no-color");
  return JSON.parse(run(engine, "providers", "schema", "-json")) as ShownSchemas;
}
