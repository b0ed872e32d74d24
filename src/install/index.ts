/** Installs the provider and the null resource's command where Terraform looks for them. */
export { GIT_IGNORE, ignoreBesideHcl, IGNORED_BESIDE_HCL } from "./installation";
export { COMMAND_SCRIPT, installCommand } from "./install-command";
export { installProvider } from "./install-provider";
export { type ExecutableSource, installRelease } from "./install-release";
export { type LockEntry, lockProviders } from "./lock-file";
export { findPackageRoot, findProviderPackage, holdsScript, type ProviderPackage } from "./package-files";
export {
  archiveName,
  hashArchive,
  hashPackage,
  ownPlatform,
  type ProviderPlatform,
  PLATFORMS,
  programName,
  PROVIDER_ADDRESS,
} from "./provider-address";
