import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The provider as this package ships it. */
export interface ProviderPackage {
  /** The bundled executable: one file, the same for every platform. */
  readonly executable: string;
  /** The package's version, which is the provider's too. */
  readonly version: string;
}

const PACKAGE_NAME = "cdktf-genauth";

/**
 * Finds the bundled provider of the package that this code belongs to, whether it runs from `src/`, `lib/` or `dist/`.
 *
 * @throws Error if the bundle is not there, with what to do
 */
export function findProviderPackage(): ProviderPackage {
  const { root, version } = packageRoot(__dirname);
  const executable = join(root, "dist", "terraform-provider-genauth");
  if (!existsSync(executable)) {
    throw new Error(
      `The GenAuth provider's file is missing: ${executable} is not there. In an installed package, install ` +
        `${PACKAGE_NAME} again; in a clone, run "npm run build".`,
    );
  }
  return { executable, version };
}

function packageRoot(start: string): { root: string; version: string } {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, unknown>;
      if (name === PACKAGE_NAME && typeof version === "string") return { root: folder, version };
    }
    if (folder === dirname(folder)) {
      throw new Error(
        `No package.json of ${PACKAGE_NAME} lies above ${start}: install the package again, or leave it out of your bundle.`,
      );
    }
  }
}
