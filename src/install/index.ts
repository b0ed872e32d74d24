/** Lays what Terraform runs, the provider and the command of the null engine, where it looks for them. */
export { COMMAND_SCRIPT, installCommand } from "./install-command";
export { installProvider } from "./install-provider";
export type { LockEntry } from "./lock-file";
export { lockProviders } from "./lock-providers";
