import { installProvider } from "../install";
import { pinnedProviders } from "./pinned-providers";
import type { LayFiles } from "./stack-files";

/** The provider's file, and its lock entry. */
export const layPlugin: LayFiles = (dir, stack) => {
  installProvider({ dir, pinned: pinnedProviders(stack) });
};
