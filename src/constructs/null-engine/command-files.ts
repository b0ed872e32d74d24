import { installCommand, lockProviders } from "../../install";
import { pinnedProviders } from "../pinned-providers";
import type { LayFiles } from "../stack-files";

/**
 * The command's file, and lock entries for the providers that the stack pins: without those `cdktf` asks their
 * registries for the hashes of all platforms, also where the provider lies in a mirror of the team's own.
 */
export const layCommand: LayFiles = (dir, stack) => {
  installCommand(dir);
  lockProviders(dir, pinnedProviders(stack));
};
