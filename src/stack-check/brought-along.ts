import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import {
  archiveName,
  hashArchive,
  lockedHashes,
  PLATFORMS,
  PROVIDER_ADDRESS,
  providerFiles,
} from "../install";
import { BUILT_IN, Providers } from "./providers";

/** Something in a folder that must not be there before `init`. */
export interface StackFinding {
  /** Relative to the checked folder. */
  readonly file: string;
  /** Absent if it concerns the whole file. */
  readonly line?: number;
  /** What it is, and what to do; a sentence or more. */
  readonly problem: string;
}

const PLUGINS = join("terraform.d", "plugins");

const CLI_CONFIGURATION =
  "It is a CLI configuration of the engine, which can replace providers. Keep it outside the stack.";

/** Files of a folder that steer an engine, although they are no configuration. */
const REFUSED: Readonly<Record<string, string>> = {
  ".terraform":
    "It was brought along: providers and modules that init would take from it. Delete it; init makes a new one.",
  ".terraformrc": CLI_CONFIGURATION,
  "terraform.rc": CLI_CONFIGURATION,
  ".tofurc": CLI_CONFIGURATION,
  "tofu.rc": CLI_CONFIGURATION,
};

/**
 * Finds what a folder brings along for the engine besides its configuration.
 *
 * @param lock the text of the lock file that `init` will be held to; empty if there is none
 */
export function findBroughtAlong(
  root: string,
  allowedProviders: readonly string[],
  lock: string,
): StackFinding[] {
  const refused = Object.entries(REFUSED).flatMap(([file, problem]) =>
    lstatSync(join(root, file), { throwIfNoEntry: false }) ? [{ file, problem }] : [],
  );
  return [...refused, ...checkPlugins(root, lock), ...checkState(root, allowedProviders)];
}

/** The engine starts any provider that it finds here. */
function checkPlugins(root: string, lock: string): StackFinding[] {
  if (!lstatSync(join(root, "terraform.d"), { throwIfNoEntry: false })) return [];
  const files = filesBelow(root, "terraform.d").filter((file) => !isLockedArchive(root, file, lock));
  // A command that is an executable holds no script, and needs none for a folder with archives only.
  const own = files.length > 0 ? providerFiles() : {};
  return files
    .filter((file) => {
      const path = join(root, file);
      const content = own[file];
      return !(content && lstatSync(path).isFile() && readFileSync(path).equals(content));
    })
    .map((file) => ({ file, problem: problemOfPlugin(file) }));
}

const ARCHIVES = PLATFORMS.map((platform) => join(PLUGINS, PROVIDER_ADDRESS, archiveName(version, platform)));

/** Whether a file is the archive of an executable of this version, with a hash that the lock file names. */
function isLockedArchive(root: string, file: string, lock: string): boolean {
  const path = join(root, file);
  if (!ARCHIVES.includes(file) || !lstatSync(path).isFile()) return false;
  return lockedHashes(lock, PROVIDER_ADDRESS, version).includes(hashArchive(readFileSync(path)));
}

function problemOfPlugin(file: string): string {
  if (ARCHIVES.includes(file))
    return "It is an executable of the provider that no lock file names. Run the check with --lock and the committed lock file; if that does not name it, find out where it comes from.";
  return file.startsWith(PLUGINS)
    ? "It is not the provider of this version of cdktf-genauth. Delete terraform.d, and run genauth-users install-provider."
    : "It is not part of the GenAuth provider. Delete it.";
}

/** All files below a folder. Links are not followed. */
function filesBelow(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!lstatSync(path).isDirectory()) return [folder];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(root, join(folder, name)));
}

/** An engine also installs the providers of the objects in a state. */
function checkState(root: string, allowedProviders: readonly string[]): StackFinding[] {
  const file = "terraform.tfstate";
  const path = join(root, file);
  if (!lstatSync(path, { throwIfNoEntry: false })) return [];
  const providers = new Providers(allowedProviders);
  try {
    const { resources = [] } = JSON.parse(readFileSync(path, "utf8")) as {
      readonly resources?: readonly { readonly provider: string }[];
    };
    return resources.flatMap(({ provider }) => {
      const [, source = provider] = /provider\["([^"\\]+)"\]/.exec(provider) ?? [];
      const problem = source === BUILT_IN ? undefined : providers.problemOfSource(source);
      return problem === undefined ? [] : [{ file, problem }];
    });
  } catch {
    return [{ file, problem: "It is not a state that this check can read. Delete it." }];
  }
}
