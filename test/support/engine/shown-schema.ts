import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { REQUIRED_PROVIDERS } from "../configuration";
import { Template } from "../template";
import { runChild } from "./child";
import { cleanEnvironment } from "./clean-environment";
import type { Engine } from "./engines";

/** The only address that tfplugindocs looks for in the output of `providers schema -json`, besides the bare name. */
const EXPECTED_ADDRESS = "registry.terraform.io/hashicorp/genauth";

/**
 * Writes what `providers schema -json` prints, for tfplugindocs.
 *
 * @returns the provider's part of it
 */
export async function writeShownSchema(engine: Engine, file: string): Promise<unknown> {
  const cwd = (await Template.prepare(engine)).copy();
  writeFileSync(join(cwd, "main.tf.json"), JSON.stringify({ terraform: REQUIRED_PROVIDERS }));
  const env = cleanEnvironment(join(cwd, "empty.tfrc"));
  const { stdout } = await runChild(engine.path, ["providers", "schema", "-json"], { cwd, env });
  const { provider_schemas: schemas } = JSON.parse(stdout) as { provider_schemas: Record<string, unknown> };
  const schema = schemas["terraform.local/genauth/genauth"];
  writeFileSync(
    file,
    JSON.stringify({ format_version: "1.0", provider_schemas: { [EXPECTED_ADDRESS]: schema } }),
  );
  return schema;
}
