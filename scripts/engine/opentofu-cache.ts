import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The release that is built where no engine is installed, and the checksum of its source that Go's checksum database
 * gives.
 */
export const OPENTOFU = {
  module: "github.com/opentofu/opentofu",
  version: "1.12.6",
  sum: "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=",
} as const;

/**
 * Where things that took long to make are kept between runs, outside the source tree: the platform's own cache
 * folder.
 */
export function cacheFolder(): string {
  const platformDefault =
    process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  return join(process.env.XDG_CACHE_HOME || platformDefault, "cdktf-genauth");
}

/** The OpenTofu that an earlier run built, if one did. */
export function cachedOpenTofu(): string {
  return join(cacheFolder(), `opentofu-${OPENTOFU.version}`, "tofu");
}
