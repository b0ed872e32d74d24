import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A bundled file of this package. */
export interface Bundle {
  readonly path: string;
  /** The package's version. */
  readonly version: string;
}

const PACKAGE_NAME = "cdktf-genauth";

/**
 * Finds a bundled file of the package that this code belongs to, whether it runs from `src/`, `lib/` or
 * `dist/`, and holds it against the checksum that the build wrote.
 *
 * @param name the file's name in `dist/`
 * @param what what it is, for the message where it is missing
 * @throws Error if the bundle is not there, or is not the one that was built, with what to do
 */
export function findBundle(name: string, what: string): Bundle {
  const { root, version } = packageRoot(__dirname);
  const path = join(root, "dist", name);
  if (!existsSync(path)) {
    throw new Error(
      `${what} is missing: ${path} is not there. In an installed package, install ${PACKAGE_NAME} again; in a ` +
        `clone, run "npm run build".`,
    );
  }
  checkBundle(join(root, "dist"), name, what);
  return { path, version };
}

/** What is laid runs with the access key: a file that was changed since the build is not laid. */
function checkBundle(folder: string, name: string, what: string): void {
  const sums = join(folder, "SHA256SUMS");
  const expected = existsSync(sums) ? readFileSync(sums, "utf8").split("\n") : [];
  const hash = createHash("sha256").update(readFileSync(join(folder, name)));
  if (expected.includes(`${hash.digest("hex")}  ${name}`)) return;
  throw new Error(
    `${what} is not the one that was built: ${join(folder, name)} does not match ${sums}. In an installed package, ` +
      `install ${PACKAGE_NAME} again; in a clone, run "npm run build".`,
  );
}

function packageRoot(start: string): { root: string; version: string } {
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, unknown>;
      if (name === PACKAGE_NAME && typeof version === "string") return { root: folder, version };
    }
    if (folder === dirname(folder)) {
      throw new Error(
        `No package.json of ${PACKAGE_NAME} lies above ${start}: install the package again, or leave it out of your bundle.`,
      );
    }
  }
}
