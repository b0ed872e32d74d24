/** Installs the provider and the null resource's command where Terraform looks for them. */
export { COMMAND_SCRIPT, commandFiles, installCommand } from "./install-command";
export { installProvider, PROVIDER_ADDRESS, providerFiles } from "./install-provider";
export { type LockEntry, lockProviders } from "./lock-file";
export { findProviderPackage, type ProviderPackage } from "./package-files";
