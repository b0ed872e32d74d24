import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";

/** The hash of what is in each archive of a release folder. */
export const H1 = `h1:${"A".repeat(43)}=`;

/** The name of a platform's archive. */
export const archive = (platform: string) => `terraform-provider-genauth_${version}_${platform}.zip`;

/** The hash of a platform's archive. */
export const zipHash = (platform: string) =>
  `zh:${createHash("sha256").update(`zip of ${platform}`).digest("hex")}`;

/** Writes a release of this version whose archives hold no executable, which is enough to install it. */
export function writeRelease(folder: string, ...platforms: string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const platform of platforms) writeFileSync(join(folder, archive(platform)), `zip of ${platform}`);
  const archives = platforms.map((platform) => [
    platform,
    { url: archive(platform), hashes: [H1, zipHash(platform)] },
  ]);
  writeFileSync(
    join(folder, `${version}.json`),
    JSON.stringify({ archives: Object.fromEntries(archives) as object }),
  );
}
