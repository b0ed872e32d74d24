import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ShownSchemas } from "../../../scripts/provider-schema";
import { REQUIRED_PROVIDERS } from "../configuration";
import { Template } from "../template";
import { runChild } from "./child";
import { cleanEnvironment } from "./clean-environment";
import type { Engine } from "./engines";

/** What an engine prints for `providers schema -json`. */
export async function readShownSchemas(engine: Engine): Promise<ShownSchemas> {
  const cwd = (await Template.prepare(engine)).copy();
  writeFileSync(join(cwd, "main.tf.json"), JSON.stringify({ terraform: REQUIRED_PROVIDERS }));
  const env = cleanEnvironment(join(cwd, "empty.tfrc"));
  const { stdout } = await runChild(engine.path, ["providers", "schema", "-json"], { cwd, env });
  return JSON.parse(stdout) as ShownSchemas;
}
