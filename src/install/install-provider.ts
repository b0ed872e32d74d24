import { readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { replaceFile } from "../files";
import { requireLocked } from "./lock-file";
import { findProviderPackage, type ProviderPackage } from "./package-files";
import { archiveName, hashPackage, PLATFORMS, programName, PROVIDER_ADDRESS } from "./provider-address";
import { type Installation, type InstallOptions, finishInstallation, pluginsFolder } from "./installation";

/** Makes Node.js read the provider, which has no extension, as CommonJS. */
const COMMONJS = Buffer.from('{"type":"commonjs"}\n');

/** Where and how the script is installed. */
export interface ScriptInstallation extends InstallOptions {
  /** @default the provider that this package ships */
  readonly provider?: ProviderPackage;
}

/**
 * Writes the provider's script, for every supported platform, where `terraform init` and `tofu init` find it
 * without a registry, and its entry in `.terraform.lock.hcl`. Repeating this changes nothing.
 *
 * @throws Error if the bundle is missing, the folder cannot be written, or the provider is not the locked one
 */
export function installProvider(options: ScriptInstallation): Installation {
  const provider = options.provider ?? findProviderPackage();
  const { version } = provider;
  const plugins = pluginsFolder(options);
  const folder = join(plugins, version);
  const name = programName(version);
  const files = filesOf(provider);
  const own = { address: PROVIDER_ADDRESS, version, hashes: [hashPackage(files)] };
  if (options.locked) requireLocked(options.dir, own);
  for (const [file, content] of Object.entries(files)) {
    const mode = file === name ? 0o755 : 0o644;
    const [first, ...others] = PLATFORMS.map((platform) => join(folder, platform, file));
    if (first === undefined) continue;
    replaceFile(first, content, { mode });
    for (const path of others) replaceFile(path, content, { mode, sameAs: first });
  }
  // An executable of this version: the engine would find both, and use either.
  for (const platform of PLATFORMS) {
    rmSync(join(plugins, archiveName(version, platform)), { force: true });
  }
  finishInstallation(own, options);
  return { folder, version };
}

function filesOf({ executable, modules, version }: ProviderPackage): Readonly<Record<string, Buffer>> {
  return {
    [programName(version)]: readFileSync(executable),
    ...Object.fromEntries(modules.map((path) => [basename(path), readFileSync(path)])),
    "package.json": COMMONJS,
  };
}
