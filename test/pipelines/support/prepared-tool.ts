import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { CACHE, pack } from "./tools";

const ROOT = resolve(__dirname, "../../..");

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
  const hash = createHash("sha256").update(process.version);
  const dist = join(ROOT, "dist");
  for (const file of [__filename, ...readdirSync(dist).map((each) => join(dist, each))])
    hash.update(readFileSync(file));
  const name = `tool-${hash.digest("hex").slice(0, 16)}`;
  const place = join(CACHE, name);
  const prepared = { installed: join(place, "genauth"), project: join(place, "project") };
  if (existsSync(place)) return prepared;

  mkdirSync(CACHE, { recursive: true });
  const own = mkdtempSync(join(CACHE, ".tool-"));
  const [tool, project, source] = [join(own, "genauth"), join(own, "project"), join(own, "source")];
  for (const folder of [tool, project, join(source, "package")]) mkdirSync(folder, { recursive: true });
  cpSync(dist, join(source, "package", "dist"), { recursive: true });
  const manifest = {
    name: "cdktf-genauth",
    version: "0.1.0",
    bin: { "genauth-users": "dist/genauth-users.js" },
  };
  writeFileSync(join(source, "package", "package.json"), JSON.stringify(manifest));
  const archive = await pack(tool, manifest.name, source);
  rmSync(source, { recursive: true });
  await lock(tool, { [manifest.name]: `file:${archive}` });
  await lock(project, {});
  await install(tool);
  publish(own, place);
  return prepared;
}

/** Makes a folder visible whole. Of several workers that have made it, the first one wins. Folders of earlier builds go. */
function publish(own: string, place: string): void {
  for (const name of readdirSync(CACHE))
    if (name.startsWith("tool-") && !place.endsWith(name))
      rmSync(join(CACHE, name), { recursive: true, force: true });
  try {
    renameSync(own, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(own, { recursive: true });
  }
}
