import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { providerFiles } from "../install";
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

/** Finds what a folder brings along for the engine besides its configuration. */
export function findBroughtAlong(root: string, allowedProviders: readonly string[]): StackFinding[] {
  const refused = Object.entries(REFUSED).flatMap(([file, problem]) =>
    lstatSync(join(root, file), { throwIfNoEntry: false }) ? [{ file, problem }] : [],
  );
  return [...refused, ...checkPlugins(root), ...checkState(root, allowedProviders)];
}

/** The engine starts any provider that it finds here. */
function checkPlugins(root: string): StackFinding[] {
  if (!lstatSync(join(root, "terraform.d"), { throwIfNoEntry: false })) return [];
  const own = providerFiles();
  return filesBelow(root, "terraform.d")
    .filter((file) => {
      const path = join(root, file);
      const content = own[file];
      return !(content && lstatSync(path).isFile() && readFileSync(path).equals(content));
    })
    .map((file) => ({
      file,
      problem: file.startsWith(PLUGINS)
        ? "It is not the provider of this version of cdktf-genauth. Delete terraform.d, and run genauth-users install-provider."
        : "It is not part of the GenAuth provider. Delete it.",
    }));
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
