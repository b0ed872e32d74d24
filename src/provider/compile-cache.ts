import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { codeOf, replaceFile } from "../files";

/** What V8 compiled of a module in one process, for the next one. */
export interface CompiledCode {
  readonly code: Buffer;
  /** Whether that process called GenAuth, which compiles more of it than to describe and to validate. */
  readonly isOfCall: boolean;
}

const DIGEST_BYTES = 32;

/** How many files stay: for some versions of this provider and of Node.js, about 2 MB each. */
const MOST_FILES = 8;

/**
 * Compiled code in the cache folder of a user: `~/.cache`, on macOS `~/Library/Caches`, or the folder in
 * `XDG_CACHE_HOME`.
 *
 * V8 runs what it reads. So only the user may be able to write there: not in Node.js's own default, a folder
 * for temporary files where everybody may create the folder first; and not beside the provider, since a lock
 * file pins that folder. The digest in each file finds what a full disk or a crash damaged. It is no
 * protection from a person who can write there.
 */
export class CompileCache {
  private constructor(private readonly caches: string) {}

  /**
   * @param environment names the user's folders
   * @returns undefined if it names none, or turns compiled code off: by Node.js's own variable for that, or
   *   to measure which code runs, which V8 cannot tell of kept code
   */
  static of(environment: NodeJS.ProcessEnv): CompileCache | undefined {
    const { XDG_CACHE_HOME: chosen, HOME: home } = environment;
    if (environment.NODE_DISABLE_COMPILE_CACHE || environment.NODE_V8_COVERAGE) return undefined;
    // As its specification asks, a relative path is ignored.
    if (chosen && isAbsolute(chosen)) return new CompileCache(chosen);
    const ofPlatform = process.platform === "darwin" ? "Library/Caches" : ".cache";
    return home && isAbsolute(home) ? new CompileCache(join(home, ofPlatform)) : undefined;
  }

  /**
   * @returns the code that was kept under this name; undefined if there is none, or if its file is damaged
   * @throws Error if it cannot be read, or if somebody else may write there
   */
  read(name: string): CompiledCode | undefined {
    if (!this.#folders.every((folder) => lstatSync(folder, { throwIfNoEntry: false }))) return undefined;
    this.#requireOwnFolders();
    const file = readIfThere(this.#pathOf(name));
    if (file === undefined || file.length <= DIGEST_BYTES) return undefined;
    const content = file.subarray(0, -DIGEST_BYTES);
    if (!digestOf(content).equals(file.subarray(-DIGEST_BYTES))) return undefined;
    return { code: content.subarray(0, -1), isOfCall: content.at(-1) === 1 };
  }

  /**
   * Keeps code under a name, whole or not at all, and removes the oldest files.
   *
   * @throws Error if it cannot be written, or if somebody else may write there
   */
  keep(name: string, { code, isOfCall }: CompiledCode): void {
    for (const folder of this.#folders) makeFolder(folder);
    this.#requireOwnFolders();
    // At the end, since V8 copies code whose address is not a multiple of 8.
    const content = Buffer.concat([code, Buffer.of(isOfCall ? 1 : 0)]);
    replaceFile(this.#pathOf(name), Buffer.concat([content, digestOf(content)]), { mode: 0o600 });
    this.#removeOldest();
  }

  get #folders(): readonly [caches: string, own: string, compiled: string] {
    const own = join(this.caches, "cdktf-genauth");
    return [this.caches, own, join(own, "compiled")];
  }

  #pathOf(name: string): string {
    return join(this.#folders[2], name);
  }

  /**
   * The folder for caches may be a link, and a group may write to it; then others can hide our folder, but
   * not forge it.
   */
  #requireOwnFolders(): void {
    const [caches, ...ours] = this.#folders;
    const user = process.getuid?.();
    if (statSync(caches).uid !== user) throw new Error(`${caches} is not this user's own.`);
    for (const folder of ours) {
      const found = lstatSync(folder);
      const isOwn = found.isDirectory() && found.uid === user;
      if (!isOwn || (found.mode & 0o022) !== 0) throw new Error(`Others may write to ${folder}.`);
    }
  }

  /** Also what a process left aside that was ended while it wrote. */
  #removeOldest(): void {
    const folder = this.#folders[2];
    const files = readdirSync(folder).map((name) => {
      const path = join(folder, name);
      // Another process may have just removed it.
      return { path, time: lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
    });
    const newestFirst = files.toSorted((one, other) => other.time - one.time);
    for (const { path } of newestFirst.slice(MOST_FILES)) rmSync(path, { force: true });
  }
}

function digestOf(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** One level: a home folder that does not exist is not created. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}
