import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type { Texts } from "./texts";

/** The artifacts of all runs. They lose the executable permission and hidden files, as on GitHub. */
export class Artifacts {
  /** The names that a run has used. */
  readonly #names = new Map<number, Set<string>>();

  constructor(private readonly folder: string) {}

  /** The folder of an artifact. */
  of(run: number, name: string): string {
    return join(this.folder, String(run), name);
  }

  /**
   * Stores files of a job.
   *
   * @param inputs of the action that uploads
   * @throws Error if the run has one of this name already, or if there are no files
   */
  upload(run: number, work: string, { name = "", path = "", "if-no-files-found": missing }: Texts): void {
    const names = this.#names.get(run) ?? new Set();
    if (names.has(name)) throw new Error(`Conflict: an artifact with the name ${name} already exists.`);
    const paths = path.split("\n").filter(Boolean);
    const patterns = paths.map(patternOf);
    const files = readdirSync(work, { recursive: true, encoding: "utf8" }).filter(
      (file) => patterns.some((pattern) => pattern.test(file)) && statSync(join(work, file)).isFile(),
    );
    const isHidden = (file: string) => file.split("/").some((part) => part.startsWith("."));
    const kept = files.filter((file) => !isHidden(file));
    if (kept.length === 0 && missing === "ignore") return;
    if (kept.length === 0) throw new Error(`No files were found with the path ${path}.`);
    // The folder that all paths have in common.
    const root = commonFolder(
      paths.map((each) => (/[*]|\/$/.test(each) ? each.replace(/[^/]*[*].*$/, "") : dirname(each))),
    );
    for (const file of kept) {
      const stored = join(this.of(run, name), relative(root, file) || basename(file));
      mkdirSync(dirname(stored), { recursive: true });
      cpSync(join(work, file), stored);
      chmodSync(stored, 0o644);
    }
    this.#names.set(run, names.add(name));
  }

  /**
   * Gives a job the files of an artifact.
   *
   * @param inputs of the action that downloads
   * @throws Error if there is none of the name
   */
  download(run: number, work: string, inputs: Texts): void {
    const stored = this.of(Number(inputs["run-id"] || run), inputs["name"] ?? "");
    if (!existsSync(stored)) throw new Error(`Artifact not found for name: ${inputs["name"] ?? ""}`);
    cpSync(stored, join(work, inputs["path"] ?? "."), { recursive: true });
  }
}

/** The files of a path of an artifact: a file, a folder, or a pattern with stars. */
function patternOf(path: string): RegExp {
  const whole = path.endsWith("/") ? `${path}**` : path;
  const parts = whole
    .split(/(\*\*\/|\*\*|\*)/)
    .map(
      (part) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" })[part] ?? part.replaceAll(/[.+]/g, "\\$&"),
    );
  return new RegExp(`^${parts.join("")}$`);
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split("/").filter(Boolean));
  const end = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return (end < 0 ? first : first.slice(0, end)).join("/");
}
