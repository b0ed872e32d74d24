import { homedir } from "node:os";
import { join } from "node:path";

/** The release to build if no engine is installed, and the checksum of its source (source: Go's checksum database). */
export const OPENTOFU = {
  name: "OpenTofu",
  module: "github.com/opentofu/opentofu",
  version: "1.12.6",
  sum: "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=",
  main: "./cmd/tofu",
} as const;

/** The platform's cache folder, for results that take long to build. */
export function cacheFolder(): string {
  const platformDefault =
    process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
  return join(process.env.XDG_CACHE_HOME || platformDefault, "cdktf-genauth");
}

/** The path of the OpenTofu that an earlier run may have built. */
export function cachedOpenTofu(): string {
  return join(cacheFolder(), `opentofu-${OPENTOFU.version}`, "tofu");
}
