/** Installs the provider and the null resource's command where Terraform looks for them. */
export { COMMAND_SCRIPT, installCommand } from "./install-command";
export { installProvider } from "./install-provider";
export { type LockEntry, lockProviders } from "./lock-file";
export { findProviderPackage } from "./package-files";
