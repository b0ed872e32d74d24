import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The provider's files in this package; the same for every platform. */
export interface ProviderPackage {
  /** The path of the executable. */
  readonly executable: string;
  /** The paths of the files that the executable loads from its own folder. */
  readonly modules: readonly string[];
  /** The version of the package and of the provider. */
  readonly version: string;
}

/**
 * Finds the bundled provider.
 *
 * @throws Error that says what to do, if one of its files is missing or is not the one that was built
 */
export function findProviderPackage(): ProviderPackage {
  const find = (name: string) => findBuiltFile(name, "The GenAuth provider's file");
  const { path: executable, version } = find("terraform-provider-genauth");
  return {
    executable,
    modules: ["genauth-provider.js", "genauth-service.js"].map((name) => find(name).path),
    version,
  };
}

/**
 * Finds the bundled command that a stack with a null_resource brings along.
 *
 * @returns its path
 * @throws Error that says what to do, if it is missing or is not the one that was built
 */
export function findCommand(): string {
  return findBuiltFile("apply-null-resource.js", "The cdktf-genauth command's file").path;
}

/**
 * Finds a built file of this package, whether this code runs from `src/`, `lib/` or `dist/`. The file will
 * run with the access key, so it must match the checksum that the build wrote.
 *
 * @param name its name in `dist/`
 * @param subject its description, for error messages
 */
function findBuiltFile(name: string, subject: string): { readonly path: string; readonly version: string } {
  const { root, name: packageName, version } = findPackageRoot(__dirname);
  const path = join(root, "dist", name);
  const again = `In an installed package, install ${packageName} again; in a clone, run "npm run build".`;
  if (!existsSync(path)) throw new Error(`${subject} is missing: ${path} is not there. ${again}`);

  const sums = join(root, "dist", "SHA256SUMS");
  const expected = existsSync(sums) ? readFileSync(sums, "utf8").split("\n") : [];
  const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (!expected.includes(`${hash}  ${name}`)) {
    throw new Error(`${subject} is not the one that was built: ${path} does not match ${sums}. ${again}`);
  }
  return { path, version };
}

/** The folder of the files that Bun embeds in an executable: what `__dirname` is there. */
const EMBEDDED = "/$bunfs/";

/** Whether this program holds the scripts that it could install; an executable does not. */
export function holdsScript(): boolean {
  return !__dirname.startsWith(EMBEDDED);
}

/** A folder that holds a package of the command: `cdktf-genauth`, or an edition of it for other languages. */
interface PackageRoot {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  /** Whether it is an edition for other languages, of which only that for Python holds the command. */
  readonly isEdition: boolean;
}

/**
 * Finds the folder of this package.
 *
 * @param start where this code is
 * @throws Error that says what to do, in an executable and in a bundle without the package
 */
export function findPackageRoot(start: string): PackageRoot {
  if (start.startsWith(EMBEDDED)) {
    throw new Error(
      "This cdktf-genauth is an executable, which holds no script of the provider and no files of a pipeline. " +
        "Name a release with install-provider --executable, or install the package cdktf-genauth with npm and run its cdktf-genauth.",
    );
  }
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { name, version, bin, jsii } = JSON.parse(readFileSync(manifest, "utf8")) as Partial<Manifest>;
      if (typeof bin === "object" && "cdktf-genauth" in bin && name !== undefined && version !== undefined) {
        return { root: folder, name, version, isEdition: jsii !== undefined };
      }
    }
    if (folder === dirname(folder)) {
      throw new Error(
        `There is no package.json of cdktf-genauth above ${start}. Install the package again, or leave it out of your bundle.`,
      );
    }
  }
}

/** The parts of a package.json that are read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: string | Readonly<Record<string, string>>;
  readonly jsii: object;
}
