export { PROVIDER_ADDRESS } from "./address";
export { COMMAND_SCRIPT, installCommand } from "./install-command";
export { installProvider, type Installation, type InstallOptions } from "./install-provider";
export type { LockEntry } from "./lock-file";
export { lockProviders } from "./lock-providers";
