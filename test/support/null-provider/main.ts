import { existsSync, renameSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { createEngineServer, serve } from "../../../src/plugin";
import { nullProvider } from "./null-provider";

/**
 * Pauses if a test has written a file `<NULL_PROVIDER_HOLD>.<step>`: renames it to `<NULL_PROVIDER_HOLD>.held`, and waits until
 * that is removed.
 */
async function holdBefore(step: "start" | "create" | "destroy"): Promise<void> {
  const hold = process.env.NULL_PROVIDER_HOLD;
  if (hold === undefined || !existsSync(`${hold}.${step}`)) return;
  const held = `${hold}.held`;
  renameSync(`${hold}.${step}`, held);
  while (existsSync(held)) await delay(10);
}

void holdBefore("start").then(() =>
  serve({ name: "null", address: "registry.terraform.io/hashicorp/null" }, (context) =>
    Promise.resolve(createEngineServer(nullProvider(holdBefore), context)),
  ),
);
