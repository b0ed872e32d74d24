import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { codeOf } from "../../../src/files";
import { CACHE } from "../../support/bundle";
import { pack } from "./tools";

const ROOT = resolve(__dirname, "../../..");

/** The files of the provider and the command. */
export function shippedFiles(): readonly string[] {
  return ["actions", "dist"].flatMap((folder) => filesIn(join(ROOT, folder)));
}

/** The files in a folder and its folders. */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}

/**
 * Makes a folder that files of tests share, once for the same sources: its content is the same, whichever of them made it.
 *
 * @param kind its name begins with it; folders of the same kind that were made of other sources are removed
 * @param sources the files that it is made of
 * @param make fills an empty folder
 * @param facts what else it depends on
 * @returns where it is
 */
export async function makeOnce(
  kind: string,
  sources: readonly string[],
  make: (folder: string) => Promise<void>,
  facts: readonly string[] = [],
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([process.version, ...facts]));
  for (const file of sources) hash.update(readFileSync(file));
  const place = join(CACHE, `${kind}-${hash.digest("hex").slice(0, 16)}`);
  mkdirSync(CACHE, { recursive: true });
  // Of several workers that need it, one makes it, which takes both cores of a small machine.
  const claim = join(CACHE, `.${basename(place)}.maker`);
  while (!existsSync(place)) {
    if (!claims(claim)) {
      await delay(100);
      continue;
    }
    const own = mkdtempSync(join(CACHE, `.${kind}-`));
    try {
      // Another one may have ended between the two questions.
      if (existsSync(place)) break;
      await make(own);
      for (const name of readdirSync(CACHE))
        if (name.startsWith(`${kind}-`) && !place.endsWith(name))
          rmSync(join(CACHE, name), { recursive: true, force: true });
      renameSync(own, place);
    } finally {
      for (const each of [own, claim]) rmSync(each, { recursive: true, force: true });
    }
  }
  return place;
}

/**
 * Whether this process makes something from now on, and no other one does.
 *
 * @param link to the number of the process that makes it; without one, this process makes it
 */
function claims(link: string): boolean {
  try {
    symlinkSync(String(process.pid), link);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  try {
    process.kill(Number(readlinkSync(link)), 0);
  } catch (error) {
    // A process that was killed makes nothing. One that has ended has taken its link away.
    if (codeOf(error) === "ESRCH") rmSync(link, { force: true });
  }
  return false;
}

/** Writes the lock file of a manifest with npm. */
type Lock = (folder: string, dependencies: Readonly<Record<string, string>>) => Promise<void>;

/** This project's package in the form in which a team has it in its repository, and on its machines. */
export interface PreparedTool {
  /** The manifest, its lock file, the archive, and what npm installs of them. */
  readonly installed: string;
  /** A manifest without dependencies, and its lock file: those of the team's own project. */
  readonly project: string;
}

/**
 * Packs, locks and installs the package, once for each build of it: what npm makes of the same files is the same.
 *
 * @param lock writes a manifest and its lock file
 * @param install installs what a lock file says
 */
export async function prepareTool(
  lock: Lock,
  install: (folder: string) => Promise<void>,
): Promise<PreparedTool> {
  const sources = [__filename, ...shippedFiles()];
  const place = await makeOnce("tool", sources, async (folder) => {
    const [tool, project, source] = [
      join(folder, "genauth"),
      join(folder, "project"),
      join(folder, "source"),
    ];
    for (const each of [tool, project, join(source, "package")]) mkdirSync(each, { recursive: true });
    for (const each of ["actions", "dist"])
      cpSync(join(ROOT, each), join(source, "package", each), { recursive: true });
    const manifest = {
      name: "cdktf-genauth",
      version: "0.1.0",
      bin: { "cdktf-genauth": "dist/cdktf-genauth.js" },
    };
    writeFileSync(join(source, "package", "package.json"), JSON.stringify(manifest));
    const archive = await pack(tool, manifest.name, source);
    rmSync(source, { recursive: true });
    await lock(tool, { [manifest.name]: `file:${archive}` });
    await lock(project, {});
    await install(tool);
  });
  return { installed: join(place, "genauth"), project: join(place, "project") };
}
