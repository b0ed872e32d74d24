import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), dev: z.boolean().optional() })),
});

/**
 * The packages that reach users: those installed with this one, and those bundled into the provider and the command.
 *
 * @param root the project's folder, built
 * @returns folder, as the lock file names it (`node_modules/…`), to version
 * @throws Error if `dist/` is not built
 */
export function shippedFolders(root: string): ReadonlyMap<string, string> {
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  const builtIn = new Set(noticedPackages(readNotices(root)));
  return new Map(
    Object.entries(packages).flatMap(([folder, { version = "", dev }]) => {
      const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
      const reachesUsers = folder !== "" && (dev !== true || builtIn.has(`${name} ${version}`));
      return reachesUsers ? [[folder, version]] : [];
    }),
  );
}

function readNotices(root: string): string {
  try {
    return readFileSync(join(root, "dist", "THIRD-PARTY-NOTICES.txt"), "utf8");
  } catch (cause) {
    throw new Error("dist/ is missing, so its bundled packages are not known. Run npm run build first.", {
      cause,
    });
  }
}

/** Name and version of each section, whose first line reads `name version (licence)`. */
function noticedPackages(notices: string): string[] {
  return notices
    .split(`\n${"-".repeat(80)}\n\n`)
    .flatMap((section) => /^\S+ \S+(?= \()/.exec(section)?.[0] ?? []);
}
