/** The platforms that executables are built for, in Terraform's names: operating system and processor. */
export const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;

export type Platform = (typeof PLATFORMS)[number];

/** The npm package that holds a platform's runtime, and the names that npm knows the platform by. */
export interface RuntimePackage {
  readonly name: string;
  readonly os: "linux" | "darwin";
  readonly cpu: "x64" | "arm64";
}

/** The runtimes for x64 are the baseline ones, which run on processors without AVX2. Those for Linux need glibc. */
export const RUNTIMES: Readonly<Record<Platform, RuntimePackage>> = {
  linux_amd64: { name: "@oven/bun-linux-x64-baseline", os: "linux", cpu: "x64" },
  linux_arm64: { name: "@oven/bun-linux-aarch64", os: "linux", cpu: "arm64" },
  darwin_amd64: { name: "@oven/bun-darwin-x64-baseline", os: "darwin", cpu: "x64" },
  darwin_arm64: { name: "@oven/bun-darwin-aarch64", os: "darwin", cpu: "arm64" },
};

/**
 * The platform of this machine.
 *
 * @throws Error if there is no executable for it
 */
export function ownPlatform(): Platform {
  const own = PLATFORMS.find(
    (platform) => RUNTIMES[platform].os === process.platform && RUNTIMES[platform].cpu === process.arch,
  );
  if (own !== undefined) return own;
  throw new Error(`There is no executable for ${process.platform} on ${process.arch}.`);
}
