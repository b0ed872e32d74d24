export { PROVIDER_ADDRESS } from "./address";
export { installProvider, type Installation, type InstallOptions } from "./install-provider";
export type { LockEntry } from "./lock-file";
