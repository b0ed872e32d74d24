import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installProvider, type ProviderPackage } from "../../src/install";
import { version } from "../../package.json";
import { REQUIRED_PROVIDERS } from "./configuration";
import { runChild } from "./engine/child";
import { cleanEnvironment } from "./engine/clean-environment";
import type { Engine } from "./engine/engines";
import { NULL_PROVIDER } from "./null-provider/null-provider";
import { FORM, programPath } from "./provider-form";

/** A folder that an engine has initialised. */
export interface InitialisedFolder {
  readonly folder: string;
  /** Whether the substitute of hashicorp/null is installed beside the provider. */
  readonly hasNullSubstitute: boolean;
}

/**
 * Installs the built provider in a new folder, and initialises it.
 *
 * @param withNullProvider whether the null provider is installed, too
 * @throws Error with the engine's output if `init` fails
 */
export async function initialiseFolder(
  engine: Engine,
  withNullProvider: boolean,
): Promise<InitialisedFolder> {
  const folder = mkdtempSync(join(tmpdir(), "genauth-test-"));
  const cliConfigFile = join(folder, "empty.tfrc");
  writeFileSync(cliConfigFile, "");
  const required = { ...REQUIRED_PROVIDERS.required_providers, ...(withNullProvider && NULL_PROVIDER) };
  writeFileSync(
    join(folder, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: required } }),
  );
  installProvider({ dir: folder, ...(FORM === "executable" && { provider: executableProvider() }) });
  const nullProvider = withNullProvider ? await mirrorNullProvider() : undefined;
  nullProvider?.install(join(folder, "terraform.d/plugins"));
  const { code, text } = await runChild(engine.path, ["init", "-input=false", "-no-color"], {
    cwd: folder,
    env: cleanEnvironment(cliConfigFile),
  });
  if (code !== 0) throw new Error(`${engine.name} cannot initialise a folder with the provider:\n${text}`);
  return { folder, hasNullSubstitute: nullProvider?.isSubstitute ?? false };
}

async function mirrorNullProvider() {
  // It loads a bundler, and most files of tests need none.
  const { NullProviderMirror } = await import("./null-provider/mirror");
  return new NullProviderMirror();
}

function executableProvider(): ProviderPackage {
  return { executable: programPath("terraform-provider-genauth"), modules: [], version };
}
