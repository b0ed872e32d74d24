import { findBundle } from "./package-bundle";

/** The provider as this package ships it. */
export interface ProviderPackage {
  /** The bundled executable: one file, the same for every platform. */
  readonly executable: string;
  /** The package's version, which is the provider's too. */
  readonly version: string;
}

/**
 * Finds the bundled provider.
 *
 * @throws Error if the bundle is not there, with what to do
 */
export function findProviderPackage(): ProviderPackage {
  const { path, version } = findBundle("terraform-provider-genauth", "The GenAuth provider's file");
  return { executable: path, version };
}
