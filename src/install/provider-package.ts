import { findBundle } from "./package-bundle";

/** The provider as this package ships it; the same files for every platform. */
export interface ProviderPackage {
  /** The path of the executable. */
  readonly executable: string;
  /** The paths of the files that it loads from its own folder. */
  readonly modules: readonly string[];
  /** The package's version, which is the provider's too. */
  readonly version: string;
}

/**
 * Finds the bundled provider.
 *
 * @throws Error if a file of it is not there, with what to do
 */
export function findProviderPackage(): ProviderPackage {
  const what = "The GenAuth provider's file";
  const { path: executable, version } = findBundle("terraform-provider-genauth", what);
  const modules = ["genauth-provider.js", "genauth-service.js"].map((name) => findBundle(name, what).path);
  return { executable, modules, version };
}
