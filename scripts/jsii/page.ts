import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesAddress, type Manifest, packedManifest } from "../pack/manifest";
import { packedPage } from "../pack/packed-page";

/** The page of a package for another language: README without what only the repository shows, and without links that lead nowhere. */
export function editionPage(root: string, manifest: Manifest): string {
  const repository = filesAddress(packedManifest(manifest, process.env));
  const readme = readFileSync(join(root, "README.md"), "utf8");
  // A wheel has no folder in which somebody reads pages.
  return packedPage("README.md", readme, {
    files: new Set(),
    ...(repository !== undefined && { repository }),
  });
}
